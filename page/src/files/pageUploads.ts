import { api } from "../live/api";
import { socket } from "../live/live";
import { queries } from "../live/queries";
import { keepLeft, readLeft } from "./leftUploads";
import { FILES } from "./reading";
import { forgetUpload, send } from "./sending";
import { Uploads } from "./uploads";

/** The uploads of this page, which go on while the reader is elsewhere in it. */
export const uploads = new Uploads({
  create: (name, size, mediaType) => api.create_upload(name, size, mediaType),
  send,
  forget: forgetUpload,
  keep: keepLeft,
  kept: readLeft,
  onArrived: () => void queries.invalidateQueries({ queryKey: FILES }),
});

socket.watch(() => {
  if (socket.connection === "connected") uploads.wake();
});
window.addEventListener("online", () => uploads.wake());

/** Upload one file; answers its id. Rejects with CallError, also where the connection is lost. */
export async function uploadOne(file: File, onSent: (bytes: number) => void): Promise<string> {
  const { id, url } = await api.create_upload(file.name, file.size, file.type || null);
  await new Promise<void>((resolve, reject) => {
    void send(file, url, { onSent, onDone: resolve, onFailed: reject });
  });
  return id;
}
