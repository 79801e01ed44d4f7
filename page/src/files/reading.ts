import {
  keepPreviousData,
  type QueryClient,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import i18next from "i18next";
import { useEffect } from "react";
import type { FileList, Storage, File as StoredFile } from "../api.generated";
import { api } from "../live/api";
import { afterOpening, listenToSession } from "../live/session";
import { offerUndo, tried } from "../ui/tried";

const PAGE = 100;

export const FILES = ["files"];

/** The files of this workspace, newest first; with `search`, those whose names have it. */
export function useFiles(search: string): UseInfiniteQueryResult<StoredFile[]> {
  return useInfiniteQuery({
    queryKey: [...FILES, "list", search],
    queryFn: ({ pageParam }) => afterOpening(() => api.list_files(search || null, pageParam, PAGE)),
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    getNextPageParam: (page: FileList) => page.next,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

/** One file, where it is asked for by its address. */
export function useFile(id: string, isAsked: boolean): UseQueryResult<StoredFile> {
  return useQuery({
    queryKey: [...FILES, "one", id],
    queryFn: () => api.get_file(id),
    enabled: isAsked,
    gcTime: 0,
  });
}

/** How much room the files take, and may take. */
export function useStorage(): UseQueryResult<Storage> {
  return useQuery({ queryKey: [...FILES, "storage"], queryFn: () => afterOpening(() => api.get_storage()) });
}

/** Keep what is shown true to what happens in this workspace. */
export function useFileEvents(): void {
  const queries = useQueryClient();
  useEffect(
    () =>
      listenToSession({
        onEvents: (events) => {
          if (events.some((event) => event.kind === "file")) readAgain(queries);
        },
        onGap: () => readAgain(queries),
      }),
    [queries],
  );
}

/** Give a file another name. Rejects with CallError. */
export async function renameFile(queries: QueryClient, file: StoredFile, name: string): Promise<void> {
  await api.update_file(file.id, name);
  readAgain(queries);
}

/** Delete a file, and offer to bring it back. */
export async function deleteFile(queries: QueryClient, file: StoredFile): Promise<void> {
  await change(queries, async () => {
    await api.delete_file(file.id);
    offerUndo(i18next.t("files.deleted", { name: file.name }), () =>
      change(queries, () => api.restore_file(file.id)),
    );
  });
}

async function change(queries: QueryClient, act: () => Promise<unknown>): Promise<void> {
  await tried(act);
  readAgain(queries);
}

function readAgain(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: FILES });
}
