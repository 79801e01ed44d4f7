import { lazy, type ReactNode, Suspense } from "react";
import { withTexts } from "../i18n/i18n";
import { AreaBoundary } from "../shell/AreaBoundary";
import { useToggle } from "../ui/toggle";
import { tokensWindow } from "./opening";

const TokensWindow = lazy(() => withTexts("tokens", () => import("./TokensWindow")));

/** Loads the window of tokens when it is first asked for. */
export function TokensDoor(): ReactNode {
  if (!useToggle(tokensWindow)) return null;
  return (
    <AreaBoundary>
      <Suspense>
        <TokensWindow />
      </Suspense>
    </AreaBoundary>
  );
}
