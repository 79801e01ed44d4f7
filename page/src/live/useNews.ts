import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { hearNews } from "./news";
import { listenToSession } from "./session";

/** Keep what is shown true to what happens in this workspace. Both arguments must be the same at each drawing. */
export function useNews(kinds: readonly string[], readAgain: (queries: QueryClient) => void): void {
  const queries = useQueryClient();
  useEffect(() => hearNews(listenToSession, kinds, () => readAgain(queries)), [queries, kinds, readAgain]);
}
