import { api } from "../live/api";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";

/** Save a conversation as a file of the reader's machine. */
export async function saveTranscript(conversationId: string, form: "markdown" | "json"): Promise<void> {
  try {
    const { name, media_type, text } = await api.get_transcript(conversationId, form);
    saveFile(name, new Blob([text], { type: media_type }));
  } catch (error) {
    notify(reason(error));
  }
}

const LET_GO_MS = 60_000;

function saveFile(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // Safari reads the file only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(link.href), LET_GO_MS);
}
