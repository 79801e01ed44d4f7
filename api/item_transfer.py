"""Items in and out of files: tasks that read a file of the workspace, or write one."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from api.area import Area
from api.item_export import KIND as EXPORT
from api.item_import import KIND as IMPORT
from api.item_shapes import ItemWhere, Sort
from api.method import method
from api.shapes import Task, task_of
from store.database import Write
from tasks.queue import Order

Form = Literal["csv", "json"]
Facts = Mapping[str, object]


class ItemTransfer(Area):
    """The area of items in and out of files."""

    @method(rest="POST /import/items", needs="items:write")
    def start_import(self, file_id: UUID, form: Form) -> Task:
        """Add the items of a file of this workspace.

        CSV is UTF-8 and its first line names the columns: title, text, number, date, tags (with ; between them) and
        attributes (a JSON object); other columns become attributes. JSON is an array of objects, or one object a line.

        `facts.made` of the task tells how far it is and what came of it: num_added, num_refused, refused (the first
        100 rows that were refused, each with row, column and why) and report_file_id (a CSV file with all of them
        where there are more). What is in stays in, also when the task is cancelled or the server stops.
        """
        with self._services.database.read() as connection:
            file = self._services.files.find(connection, self._caller.session_id, file_id)
        arguments = {"file_id": str(file.id), "form": form}
        made = {"num_added": 0, "num_refused": 0, "refused": [], "report_file_id": None}
        with self._write() as write:
            return self._submit(write, IMPORT, arguments, {**arguments, "made": made})

    @method(rest="POST /export/items", needs="items:write", example={"form": "csv"})
    def start_export(self, form: Form, where: ItemWhere | None = None, sort: Sort = "-updated") -> Task:
        """Write items into a new file of this workspace; all of them, or those of a list.

        `facts.made` of the task that has ended tells file_id and num_items. `start_import` reads the file again.
        """
        with self._write() as write:
            self._store_session(write)
            return self._submit(write, EXPORT, {"form": form, "where": where or {}, "sort": sort}, {"form": form})

    def _submit(self, write: Write, kind: str, arguments: Facts, facts: Facts) -> Task:
        order = Order(session_id=self._caller.session_id, kind=kind, arguments=arguments, facts=facts)
        return task_of(self._services.queue.submit(write, order), self._caller.language)
