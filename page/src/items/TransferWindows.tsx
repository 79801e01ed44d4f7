import { lazy, type ReactNode, Suspense } from "react";
import type { ItemWhere } from "../api.generated";
import { AreaBoundary } from "../shell/AreaBoundary";
import type { Sort } from "./columns";

const ImportWindow = lazy(() => import("./ImportWindow"));
const ExportWindow = lazy(() => import("./ExportWindow"));

interface TransferProps {
  rest: string;
  where: ItemWhere;
  sort: Sort;
  onClose: () => void;
}

/** The windows that bring items in and take them out, each loaded when its address is opened. */
export function TransferWindows({ rest, where, sort, onClose }: TransferProps): ReactNode {
  if (rest !== "import" && rest !== "export") return null;
  return (
    <AreaBoundary>
      <Suspense>
        {rest === "import" ? (
          <ImportWindow onClose={onClose} />
        ) : (
          <ExportWindow where={where} sort={sort} onClose={onClose} />
        )}
      </Suspense>
    </AreaBoundary>
  );
}
