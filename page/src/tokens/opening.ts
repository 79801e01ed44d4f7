import { Toggle } from "../ui/toggle";

/** Whether the window of tokens is open. */
export const tokensWindow = new Toggle();
