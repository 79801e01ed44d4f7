// Asks the chat model about the page, and writes its answer into an item.
const api = window.pywebview.api;
const text = document.body.innerText.trim().slice(0, 4_000);
const question = text ? `Say in two sentences what this page is about:\n\n${text}` : "What is a studiolo? Two sentences.";

let task = await api.send_message(question);
while (!task.ended_at) {
  await new Promise((go) => setTimeout(go, 250));
  task = await api.get_task(task.id);
}
if (task.state !== "completed") throw new Error(task.error?.message ?? `The answer was ${task.state}.`);

const { messages } = await api.get_conversation(task.facts.conversation_id);
const answer = messages.at(-1).text;
const title = (document.title || "What is a studiolo?").slice(0, 200);
const item = await api.create_item({ title, text: answer, tags: ["answer"], attributes: { page: location.href } });
return { item: item.id, answer };
