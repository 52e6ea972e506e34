/** The words and the emoji of a safety code: the same 32 bits in two ways, one byte in each. For `import()`. */
import type { SafetyCode } from './api.ts';

/** Each is one code point that every system draws in colour by itself, and looks like no other. */
const EMOJI = [
  ...('🐶🐱🐭🐰🦊🐻🐼🐨🦁🐮🐷🐸🐵🐔🐧🦆🦉🦇🐺🐴🦄🐝🐛🦋🐌🐞🐜🦂🐢🐍🦎🦖' +
    '🐙🦑🦐🦀🐡🐠🐬🐳🦈🐊🦓🐘🦛🦏🐪🦒🦘🐏🦃🦚🦜🦢🦔🦝🌵🎄🌴🌱🍀🎋🍁🍄' +
    '🐚🌾💐🌷🌹🌻🌞🌛🌍⭐⚡🔥🌈☔⛄🌊💧🍏🍊🍋🍌🍉🍇🍓🍒🍑🥭🍍🥥🥝🍅🍆' +
    '🥑🥦🥒🌽🥕🥔🥐🍞🥨🧀🥚🍳🥞🥓🍔🍟🍕🌭🥪🌮🥗🍝🍜🍣🍚🍦🎂🍩🍪🍫🍬🍭' +
    '🍿🍯🥛☕🍵⚽🏀🏈⚾🎾🎱🏓🏸🏒🥊🎣🎿🛹🏆🎯🎲🎳🎮🎨🎬🎤🎧🎹🥁🎷🎺🎸' +
    '🎻🧩🚗🚌🚑🚒🚜🚲🛴🚂🚀🚁⛵🚢⛽🚦⚓🎡🎢🏠🏰⛺🗽🗿🌋⛲⌚📱💻📷📺📻' +
    '⏰⌛🔋💡🔦💰💎🔧🔨🧲🧪🔬🔭🧸🎁🎈🎀📦📜📅📌📎📐📕🔑🔒🔔🧹🧺🧦👑👒' +
    '🎩👓👟👠🎒👜🌂💍🚪🛒🚿🛁🧯👍👏💪👀👂👃👣💋🎪🎭🧵🧱🤖👻👽🎃🎅🧙🧜'),
];

/** Short, known to learners of English, and hard to take for one another when they are heard. */
const WORDS = (
  'acid acorn actor agent album alley amber angel ankle apple apron arch arena arrow atlas attic autumn badge ' +
  'bagel baker bamboo banjo barn basil basket beacon bean beetle bell berry bird bishop blanket blue bonus book ' +
  'border bottle bowl breeze brick bridge broom bucket butter cabin cactus camel candle canoe carrot castle ' +
  'cedar chair cherry cider circus cliff clock cloud clover coast cobra coffee comet copper coral cotton couch ' +
  'crayon cricket crown cube daisy dancer dentist desert diamond dinner dolphin donkey dragon drum eagle earth ' +
  'easel echo elbow elm engine envoy fabric falcon farm feather fiddle field finger flag flute forest fossil ' +
  'fox frost galaxy garden ginger glove goat gold gravel guitar hammer harbor hawk hazel helmet honey horse ' +
  'hotel igloo index indigo insect iron island ivory jacket jaguar jasmine jelly jewel jigsaw jungle kayak ' +
  'kettle king kite kiwi koala ladder lagoon lamp lantern lava lemon lilac linen lion lobster lotus magnet ' +
  'mango maple marble market meadow mirror monkey moon mosaic motor mouse museum napkin needle nest noodle ' +
  'north novel nutmeg oasis ocean olive onion opera orbit orchid otter owl oyster paddle palace panda paper ' +
  'parrot peach pebble pencil pepper piano pigeon pillow planet pocket potato puzzle queen quilt rabbit radio ' +
  'rainbow raven ribbon river robin rocket ruby saddle sailor salad salmon scarf shadow silver sofa spider ' +
  'spoon star stone sugar summer sunset swan table teapot temple tiger timber toast tomato tower trumpet tulip ' +
  'tunnel turtle umbrella unicorn valley velvet violin volcano wagon walnut water whale wheel whistle window ' +
  'winter wizard yarn yogurt zebra zigzag zipper'
).split(' ');

/** Of the four bytes of a finished exchange. */
export function safetyCode(bytes: Uint8Array): SafetyCode {
  const say = (list: readonly string[]): string[] => Array.from(bytes, (one) => list[one] ?? '');
  return { words: say(WORDS), emoji: say(EMOJI) };
}
