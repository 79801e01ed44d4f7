import { useEffect, useState } from "react";
import { leftOf } from "./problems";

const STEP_MS = 500;

/** The seconds that are left of a wait; 0 when it is over. */
export function useCountdown(wait_s: number, since: number): number {
  const [left, setLeft] = useState(() => leftOf(wait_s, since, Date.now()));
  useEffect(() => {
    const look = () => {
      const now = leftOf(wait_s, since, Date.now());
      setLeft(now);
      if (now === 0) clearInterval(timer);
    };
    const timer = setInterval(look, STEP_MS);
    look();
    return () => clearInterval(timer);
  }, [wait_s, since]);
  return left;
}
