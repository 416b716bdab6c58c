// One request a line, {"method", "args"}; one answer a line, {"value"} or {"error"}: how tests speak to a client.
const readline = require("readline");

const readable = (name, value) => (Buffer.isBuffer(value) || value?.type === "Buffer" ? Buffer.from(value).toString("latin1") : value);
const told = (error) => ({
  status: error.response?.status ?? null,
  body: error.response?.data ?? error.error ?? String(error),
});

module.exports = async function speak(call) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { method, args } = JSON.parse(line);
    let answer;
    try {
      answer = { value: (await call(method, args)) ?? null };
    } catch (error) {
      answer = { error: told(error) };
    }
    console.log(JSON.stringify(answer, readable));
  }
};
