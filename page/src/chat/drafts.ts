import { api } from "../live/api";
import { Drafts } from "./draftBook";

/** The drafts of this workspace. */
export const drafts = new Drafts({
  place: localPlace(),
  read: () => api.get_session_data(),
  save: (patch) => api.update_session_data({ drafts: patch }),
});

function localPlace(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null; // refused by the browser: the drafts are kept in the session's data alone
  }
}
