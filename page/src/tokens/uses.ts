/** The command that asks this server for its workspace. */
export function curlOf(origin: string, token: string): string {
  return `curl -H "Authorization: Bearer ${token}" ${origin}/api/v1/session`;
}

/** The file of an assistant that takes MCP servers by their address. */
export function mcpOf(origin: string, token: string): string {
  const server = { type: "http", url: `${origin}/mcp`, headers: { Authorization: `Bearer ${token}` } };
  return JSON.stringify({ mcpServers: { studiolo: server } }, null, 2);
}
