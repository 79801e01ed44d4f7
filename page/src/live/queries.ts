import { QueryClient } from "@tanstack/react-query";
import { socket } from "./live";

/** What the page knows of the server. The session's stream says when something of it is out of date. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The caller repeats reads by itself and knows better than the browser whether there is a connection.
      networkMode: "always",
      retry: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
    mutations: { networkMode: "always" },
  },
});

/** Read again what could not be read, as soon as the connection is back. */
export function refreshWhenBack(): void {
  socket.watch(() => {
    if (socket.connection !== "connected") return;
    void queries.refetchQueries({ predicate: (query) => query.state.status === "error" });
  });
}
