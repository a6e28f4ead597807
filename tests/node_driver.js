// Runs snippets and tells what `out` received and what was shown.
//
// Reads a JSON list of {code, variables} from standard input; prints a JSON list of
// {out, shown, value}: `value` is what a notebook would show of the last expression.
'use strict';

const vm = require('node:vm');

function run({ code, variables }) {
  const out = [];
  const shown = [];
  const note = (...values) => shown.push(values.map(String).join(' '));
  const context = vm.createContext({
    process: { env: variables },
    out: (...values) => { out.push(values); return undefined; },
    tag: (strings, ...values) => strings.raw.join('|') + values.length,
    console: { log: note, info: note, warn: note, error: note },
    JSON,
    String,
  });
  try {
    const value = vm.runInContext(code, context);
    return { out, shown, value: value === undefined ? null : JSON.stringify(value) ?? null };
  } catch (error) {
    return { out, shown, value: `failed: ${error.name}: ${error.message}` };
  }
}

let input = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => { input += chunk; });
process.stdin.on('end', () => {
  process.stdout.write(JSON.stringify(JSON.parse(input).map(run)));
});
