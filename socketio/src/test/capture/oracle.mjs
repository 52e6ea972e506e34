// Writes a table of inputs and of what the original parsers make of them; see README.md.
import { decodePayload } from "engine.io-parser";
import old from "engine.io-parser-2";
import { Decoder } from "socket.io-parser";

const COUNT = 4000;
const OLD_COUNT = 1000;

// A small generator of its own, so that the same table comes out everywhere.
let state = 20261123;
function below(bound) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * bound);
}

const pick = (list) => list[below(list.length)];
const PLACEHOLDER = '{"_placeholder":true,"num":0}';
const PACKETS = [
  "0", "0{}", '0{"token":"t"}', "0/chat,", '0/chat,{"a":[1]}', "1", "1/chat,", '2["m"]', '2["m",1,"x",null,true,[],{}]',
  '212["ask",-1.5e3]', '2/chat,["m",{"a":{"b":[1,2]}}]', '2/chat,7["m","é😀"]', "30[]", '3/chat,12["ok",{"a":1}]',
  `51-["m",${PLACEHOLDER}]`, `52-/chat,3["m",${PLACEHOLDER},[{"_placeholder":true,"num":1}]]`, `61-4[${PLACEHOLDER}]`,
  '50-["m"]', "2[1]", '2["m",{"_placeholder":true,"num":3}]', '2["m","\\u00e9\\n\\"",0,-0,1e21,123456789012345678]',
];
const PAYLOADS = ["4a\x1e4b", "2", "3probe", "4", "bAQID\x1e4x", "bAQ==", "6\x1e6", '42["m",1]\x1e2', "4é😀\x1ebAAA=", "1"];
const OLD_PACKETS = ["40", "2", '42["m",1]', "2probe", "b4AQIDBA==", "4é😀", "b4", "6", "1", "b4AQ==", "4😀"];
const OLD_PIECES = ["0", "1", "2", "3", "4", "5", "6", "7", "9", ":", "b", "b4", "1:2", "2:40", "=", "A", "AQ==", "é", "😀", "-", "+", " ", "e", "."];
const PIECES = [
  "0", "1", "2", "3", "4", "5", "6", "7", "9", "-", "/", ",", "[", "]", "{", "}", '"', "\\", ":", " ", ".", "e", "null",
  "true", "connect", '"connect"', "é", "\n", "\t", "\x1e", "b", "=", "A", '"num":1', "num", '"_placeholder":true', PLACEHOLDER,
];

function mutated(text, pieces = PIECES) {
  let characters = [...text];
  for (let i = below(3); i >= 0; i--) {
    const at = below(characters.length + 1);
    switch (below(4)) {
      case 0: characters.splice(at, 1); break;
      case 1: characters.splice(at, 0, pick(pieces)); break;
      case 2: characters.splice(at, 1, pick(pieces)); break;
      default: characters.splice(at, 0, ...characters.slice(below(at + 1), at));
    }
    characters = [...characters.join("")];
  }
  return characters.join("");
}

const units = (text) => [...Array(text.length).keys()].map((i) => text.charCodeAt(i).toString(16).padStart(4, "0")).join("");

// A form that has no two spellings.
function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    const bits = Buffer.alloc(8);
    bits.writeDoubleBE(value + 0);
    return `d${bits.toString("hex")}`;
  }
  if (typeof value === "string") return `s${units(value)}`;
  if (Buffer.isBuffer(value)) return `b${value.toString("hex")}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  return `{${Object.keys(value).sort().map((key) => `${units(key)}:${canonical(value[key])}`).join(",")}}`;
}

function packet(text) {
  const decoder = new Decoder();
  let decoded = "refused";
  decoder.on("decoded", ({ type, nsp, id, data }) => {
    // What is decoded no longer tells whether it had attachments.
    decoded = `${type} ${units(nsp)} ${id ?? -1} ${data === undefined ? "" : canonical(data)}`;
  });
  try {
    decoder.add(text);
    for (let i = 0; decoded === "refused" && i < 16; i++) decoder.add(Buffer.from([i]));
  } catch {
    return "refused";
  }
  return decoded;
}

function payload(text) {
  const packets = decodePayload(text, "nodebuffer");
  return packets.some(({ type }) => type === "error")
    ? "refused"
    : packets.map(({ type, data }) => `${type} ${data === undefined ? "" : canonical(data)}`).join(";");
}

// Revision 3 hands out what stands before an error; a session that gets one is over all the same.
function oldPayload(text) {
  const packets = [];
  old.decodePayload(text, "nodebuffer", (packet) => packets.push(packet));
  return packets.length === 0 || packets.some(({ type }) => type === "error")
    ? "refused"
    : packets.map(({ type, data }) => `${type} ${data === undefined || data === "" ? "" : canonical(data)}`).join(";");
}

const lines = new Set();
const add = (kind, text, decode) => lines.add(`${kind}\t${JSON.stringify(text)}\t${decode(text)}`);
PACKETS.forEach((text) => add("sio", text, packet));
PAYLOADS.forEach((text) => add("eio4", text, payload));
while (lines.size < COUNT) {
  if (below(4) > 0) add("sio", mutated(pick(PACKETS)), packet);
  else add("eio4", mutated(pick(PAYLOADS)), payload);
}
const framed = (packets) => packets.map((packet) => `${packet.length}:${packet}`).join("");
OLD_PACKETS.forEach((packet) => add("eio3", framed([packet]), oldPayload));
while (lines.size < COUNT + OLD_COUNT) {
  const packets = [...Array(1 + below(3))].map(() => (below(2) ? pick(OLD_PACKETS) : mutated(pick(OLD_PACKETS), OLD_PIECES)));
  const text = framed(packets);
  add("eio3", below(4) ? text : mutated(text, OLD_PIECES), oldPayload);
}
console.log([...lines].join("\n"));
