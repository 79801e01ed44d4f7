import type { ReactNode } from "react";
import { Button } from "./Button";

interface TroubleProps {
  /** What failed, in one sentence. */
  what: string;
  why?: string | undefined;
  /** The next step. */
  action?: { label: string; run: () => void };
}

/** What failed, why, and the next step as a button. */
export function Trouble({ what, why, action }: TroubleProps): ReactNode {
  return (
    <div role="alert" className="flex flex-col items-start gap-2 p-3 text-sm">
      <p className="font-medium">{what}</p>
      {why && <p className="text-soft">{why}</p>}
      {action && (
        <Button className="mt-1" onClick={action.run}>
          {action.label}
        </Button>
      )}
    </div>
  );
}
