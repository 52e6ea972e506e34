import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CLIENT_TYPES, SERVER_TYPES, readServerMessage } from '../src/protocol.ts';

// The runner's working directory is web/.
const page = readFileSync('../docs/protocol.md', 'utf8');
const schema = JSON.parse(readFileSync('../docs/protocol.schema.json', 'utf8')) as {
  $defs: Record<string, { oneOf?: { $ref: string }[]; properties?: { type?: { const?: string } }; enum?: string[] }>;
};

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
ajv.addSchema(schema, 'duet');
const valid = (definition: string, value: unknown): boolean => {
  const validate = ajv.getSchema(`duet#/$defs/${definition}`);
  assert.ok(validate, definition);
  return validate(value) as boolean;
};

/** Every JSON object in the page: in its blocks, which may hold several, and in the running text. */
function examples(): Record<string, unknown>[] {
  const blocks = [...page.matchAll(/```json\n([^]*?)```/g)].map((match) => match[1] ?? '');
  const inline = [...page.replace(/```[^]*?```/g, '').matchAll(/`(\{"type".*?\})`/g)].map((match) => match[1] ?? '');
  return [...blocks, ...inline].flatMap((text) =>
    text.split(/\n(?=\{)/).map((one) => JSON.parse(one) as Record<string, unknown>),
  );
}

/** The `type` of every message the schema has for one side. */
function typesOf(side: 'clientMessage' | 'serverMessage'): string[] {
  return (schema.$defs[side]?.oneOf ?? []).map(({ $ref }) => {
    const type = schema.$defs[$ref.replace('#/$defs/', '')]?.properties?.type?.const;
    assert.ok(type, $ref);
    return type;
  });
}

test('everyExampleOfTheProtocolIsValid', () => {
  assert.ok(examples().length >= 19, `only ${examples().length} examples found`);
  for (const example of examples()) {
    assert.ok(
      valid('clientMessage', example) || valid('serverMessage', example),
      JSON.stringify(example),
    );
  }
});

test('theSchemaAndTheClientKnowTheSameMessages', () => {
  assert.deepEqual(typesOf('clientMessage').sort(), Object.keys(CLIENT_TYPES).sort());
  assert.deepEqual(typesOf('serverMessage').sort(), Object.keys(SERVER_TYPES).sort());
});

test('everyMessageHasAnExample', () => {
  const shown = new Set(examples().map((example) => example['type']));
  for (const type of [...typesOf('clientMessage'), ...typesOf('serverMessage')]) assert.ok(shown.has(type), type);
});

test('theClientReadsEveryExampleOfTheServer', () => {
  for (const example of examples().filter((one) => valid('serverMessage', one))) {
    assert.equal(readServerMessage(JSON.stringify(example)).kind, 'message', JSON.stringify(example));
  }
});

test('theSchemaHasTheErrorCodesOfThePage', () => {
  const table = page.slice(page.indexOf('## `error`'), page.indexOf('## Close codes'));
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const codes = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]));

  assert.deepEqual([...(schema.$defs['errorCode']?.enum ?? [])].sort(), codes.sort());
});

test('aSignalSaysExactlyOneThing', () => {
  const description = { type: 'offer', sdp: 'v=0' };

  assert.equal(valid('clientMessage', { type: 'signal', to: 'p', description }), true);
  assert.equal(valid('clientMessage', { type: 'signal', to: 'p', candidate: null }), true);
  assert.equal(valid('clientMessage', { type: 'signal', to: 'p', data: null }), true);
  assert.equal(valid('clientMessage', { type: 'signal', to: 'p' }), false);
  assert.equal(valid('clientMessage', { type: 'signal', to: 'p', description, candidate: null }), false);
  assert.equal(valid('clientMessage', { type: 'signal', description }), false);
});

test('anAnswerIsADescriptionWithoutCandidates', () => {
  const description = { type: 'answer', sdp: 'v=0' };

  assert.equal(valid('clientMessage', { type: 'answer', offer: 7, description }), true);
  assert.equal(valid('clientMessage', { type: 'answer', offer: 7, candidate: null }), false);
  assert.equal(valid('clientMessage', { type: 'answer', offer: 7 }), false);
  assert.equal(valid('clientMessage', { type: 'answer', offer: 0, description }), false);
});

test('aJoinMayAskForAnyOffer', () => {
  assert.equal(valid('clientMessage', { type: 'join', room: 'r', offer: 0 }), true);
  assert.equal(valid('clientMessage', { type: 'join', room: 'r', offer: -1 }), false);
});
