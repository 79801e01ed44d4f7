import { lazy, type ReactNode, Suspense } from "react";
import { AreaBoundary } from "../shell/AreaBoundary";
import { useToggle } from "../ui/toggle";
import { tokensWindow } from "./opening";

const TokensWindow = lazy(() => import("./TokensWindow"));

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
