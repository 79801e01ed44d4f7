import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PageAct } from "../api.generated";
import { api } from "../live/api";
import { Button } from "../ui/Button";
import { FIELD } from "../ui/Fields";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { Trouble } from "../ui/Trouble";
import { actOfKey, pointOf } from "./pageActs";
import type { Picture, Place } from "./pageWatch";
import { useActs, useSight } from "./useSight";

/** The workspace's page as it looks now, which takes clicks, keys and the wheel. */
export function LivePicture(): ReactNode {
  const { t } = useTranslation();
  const { sight, again } = useSight();
  const { picture, place, problem } = sight;
  if (problem !== null) {
    return (
      <div className="-mx-3">
        <Trouble
          what={t("scripts.picture.none")}
          why={problem}
          action={{ label: t("ui.retry"), run: again }}
        />
      </div>
    );
  }
  if (place && !place.isOpen) return <p className="text-soft">{t("scripts.picture.closed")}</p>;
  if (!picture) return <p className="text-soft">{t("scripts.picture.coming")}</p>;
  return (
    <div className="space-y-3 pb-4">
      {place && <PlaceLine place={place} />}
      <Screen picture={picture} title={place?.title ?? ""} />
      <p className="text-xs text-faint">{t("scripts.picture.hint")}</p>
      <Typing />
      <Button className="pointer-coarse:min-h-11" onClick={() => void closePage()}>
        {t("scripts.picture.close")}
      </Button>
    </div>
  );
}

function PlaceLine({ place }: { place: Place }): ReactNode {
  return (
    <p className="text-xs wrap-anywhere">
      <span dir="auto" className="block font-medium">
        {place.title}
      </span>
      <span className="line-clamp-2 text-faint">{place.url}</span>
    </p>
  );
}

function Screen({ picture, title }: { picture: Picture; title: string }): ReactNode {
  const { t } = useTranslation();
  const act = useActs();
  const box = useRef<HTMLDivElement>(null);
  useWheel(box, picture, act);

  function onClick(event: MouseEvent): void {
    if (!box.current) return;
    box.current.focus();
    act({ kind: "click", ...pointOf(event, box.current.getBoundingClientRect(), picture) });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    const told = actOfKey(event);
    if (!told) return;
    event.preventDefault();
    act(told);
  }

  return (
    <div
      ref={box}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
      tabIndex={0}
      aria-label={t("scripts.picture.label", { title })}
      onClick={onClick}
      onKeyDown={onKeyDown}
      className="cursor-pointer overflow-hidden rounded-lg border border-line focus:outline-2 focus:outline-offset-2 focus:outline-accent"
    >
      <img src={picture.address} alt="" draggable={false} className="block w-full select-none" />
    </div>
  );
}

// React listens to the wheel without a right to hold it back, and the panel would move with the page.
function useWheel(
  box: { current: HTMLDivElement | null },
  picture: Picture,
  act: (act: PageAct) => void,
): void {
  const size = useRef(picture);
  size.current = picture;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const point = pointOf(event, element.getBoundingClientRect(), size.current);
      act({ kind: "wheel", ...point, dx: Math.round(event.deltaX), dy: Math.round(event.deltaY) });
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [box, act]);
}

/** Words for the page from a keyboard that the picture cannot hear: of a phone, or one that composes. */
function Typing(): ReactNode {
  const { t } = useTranslation();
  const act = useActs();
  const [text, setText] = useState("");
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (text) act({ kind: "text", text });
        setText("");
      }}
    >
      <input
        aria-label={t("scripts.picture.text")}
        placeholder={t("scripts.picture.text")}
        value={text}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        className={`${FIELD} h-9 py-0! pointer-coarse:h-11`}
      />
      <Button type="submit" className="shrink-0">
        {t("scripts.picture.type")}
      </Button>
    </form>
  );
}

async function closePage(): Promise<void> {
  try {
    await api.close_page();
  } catch (error) {
    notify(reason(error));
  }
}
