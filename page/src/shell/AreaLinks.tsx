import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Area } from "../areas";

interface AreaLinksProps {
  areas: readonly Area[];
  current: Area;
}

/** The ways to the areas, one below the other; nothing where there is only one. */
export function AreaList(props: AreaLinksProps): ReactNode {
  return (
    <AreaLinks
      {...props}
      list="px-2 pb-2"
      mark="ml-auto"
      link="gap-2.5 rounded-lg px-2.5 py-2 text-sm hover:bg-hover pointer-coarse:py-3 aria-[current]:font-medium"
    />
  );
}

/** The ways to the areas side by side, at the bottom of a phone; nothing where there is only one. */
export function AreaBar(props: AreaLinksProps): ReactNode {
  const { t } = useTranslation();
  if (props.areas.length < 2) return null;
  return (
    <nav
      aria-label={t("shell.areas")}
      className="shrink-0 border-t border-line bg-panel pb-[env(safe-area-inset-bottom)]"
    >
      <AreaLinks
        {...props}
        list="flex"
        mark="absolute top-1 left-[calc(50%+0.4rem)]"
        link="relative h-14 flex-col justify-center gap-0.5 text-xs"
      />
    </nav>
  );
}

function AreaLinks({
  areas,
  current,
  list,
  link,
  mark,
}: AreaLinksProps & { list: string; link: string; mark: string }): ReactNode {
  const { t } = useTranslation();
  if (areas.length < 2) return null;
  return (
    <ul className={list}>
      {areas.map((area) => (
        <li key={area.id} className="min-w-0 flex-1">
          <a
            href={`#/${area.path}`}
            aria-current={area === current ? "page" : undefined}
            className={`flex items-center text-soft aria-[current]:text-ink ${link}`}
          >
            <area.icon aria-hidden="true" className="size-4.5 shrink-0" />
            <span className="max-w-full truncate">{t(area.title)}</span>
            {area.Mark && (
              <span className={mark}>
                <area.Mark />
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}
