import { type QueryClient, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { NewToken, TokenList } from "../api.generated";
import { api } from "../live/api";

const TOKENS = ["tokens"];

/** The tokens of this workspace, newest first. */
export function useTokens(): UseQueryResult<TokenList> {
  return useQuery({ queryKey: TOKENS, queryFn: () => api.list_tokens() });
}

/** Make a token. Rejects with CallError. */
export async function makeToken(queries: QueryClient, name: string, days: number): Promise<NewToken> {
  const made = await api.create_token(name, days);
  await queries.invalidateQueries({ queryKey: TOKENS });
  return made;
}

/** Delete a token for good. Rejects with CallError. */
export async function deleteToken(queries: QueryClient, id: string): Promise<void> {
  try {
    await api.delete_token(id);
  } finally {
    await queries.invalidateQueries({ queryKey: TOKENS });
  }
}
