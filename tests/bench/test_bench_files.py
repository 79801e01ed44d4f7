"""The benchmark of files really moves them, at both servers."""

from bench.files import measure


def test_a_small_file_goes_up_and_down_at_ours_and_the_floor() -> None:
    section = measure(size_mb=20, num_rounds=1)
    assert [row[0].partition(":")[0] for row in section.table.rows] == ["up"] * 3 + ["down"] * 3 + ["cp"]
    assert len(section.aims) == 4
    assert all(float(row[1]) > 0 for row in section.table.rows if row[0].endswith(": s") and row[1])
