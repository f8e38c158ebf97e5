/**
 * Writes one TypeScript file for each Avro schema: its types and the schema itself as a constant.
 *
 *   node scripts/generate.js [--check] [schemas folder] [output folder]
 *
 * --check writes nothing and exits with 1 if a file is not what the schemas give.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PRIMITIVES = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  bytes: 'Buffer',
  string: 'string',
};

/** The TypeScript of an Avro type; the records and enums that it names are added to `declarations`. */
function typeScriptOf(type, declarations) {
  if (Array.isArray(type)) return type.map((one) => typeScriptOf(one, declarations)).join(' | ');
  if (typeof type === 'string') return PRIMITIVES[type] ?? shortName(type);
  if (type.type === 'record') return declareRecord(type, declarations);
  if (type.type === 'enum') {
    const symbols = type.symbols.map((symbol) => `'${symbol}'`).join(' | ');
    declarations.push(`${docComment(type.doc, '')}export type ${shortName(type.name)} = ${symbols};\n`);
    return shortName(type.name);
  }
  if (type.type === 'array') return `readonly (${typeScriptOf(type.items, declarations)})[]`;
  if (type.type === 'map') return `Readonly<Record<string, ${typeScriptOf(type.values, declarations)}>>`;
  if (type.type === 'fixed') return 'Buffer';
  if (typeof type.type === 'string' && type.type in PRIMITIVES) return PRIMITIVES[type.type];
  throw new Error(`no TypeScript for the Avro type ${JSON.stringify(type)}`);
}

function declareRecord(record, declarations) {
  const fields = record.fields.map(
    ({ name, type, doc }) => `${docComment(doc, '  ')}  ${name}: ${typeScriptOf(type, declarations)};\n`,
  );
  const name = shortName(record.name);
  declarations.push(`${docComment(record.doc, '')}export interface ${name} {\n${fields.join('')}}\n`);
  return name;
}

function shortName(name) {
  return name.slice(name.lastIndexOf('.') + 1);
}

function docComment(doc, indent) {
  return doc === undefined ? '' : `${indent}/** ${doc.replaceAll('*/', '* /')} */\n`;
}

function render(fileName, schema) {
  const declarations = [];
  const name = typeScriptOf(schema, declarations);
  const constant = `${name[0].toLowerCase()}${name.slice(1)}Schema`;
  return [
    `// Generated from schemas/${fileName} by \`npm run generate -w libs/contracts\`. Change the schema, not this.\n`,
    ...declarations,
    `/** The Avro schema of {@link ${name}}. */\nexport const ${constant} = ${JSON.stringify(schema, null, 2)};\n`,
  ].join('\n');
}

function main(args) {
  const check = args.includes('--check');
  const [schemas = fromHere('../schemas'), output = fromHere('../src/generated')] = args.filter(
    (arg) => arg !== '--check',
  );
  const wanted = new Map();
  for (const file of readdirSync(schemas)
    .filter((name) => name.endsWith('.avsc'))
    .sort()) {
    const schema = JSON.parse(readFileSync(join(schemas, file), 'utf8'));
    wanted.set(`${basename(file, '.avsc')}.ts`, render(file, schema));
  }
  if (!check) mkdirSync(output, { recursive: true });
  const present = new Map(
    readdirSync(output).map((file) => [file, readFileSync(join(output, file), 'utf8')]),
  );
  const stale = [...new Set([...wanted.keys(), ...present.keys()])].filter(
    (f) => wanted.get(f) !== present.get(f),
  );
  if (check) {
    for (const file of stale)
      process.stderr.write(`${file} is not what the schemas give: npm run generate -w libs/contracts\n`);
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  for (const file of stale) {
    if (wanted.has(file)) writeFileSync(join(output, file), wanted.get(file));
    else rmSync(join(output, file));
  }
}

function fromHere(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}

main(process.argv.slice(2));
