/** What no call needs to begin, in one piece: each piece would cut what it shares with the page into more files. */
export { chat } from './chat.ts';
export { details } from './details.ts';
export { echoView } from './echo.ts';
export { speakers } from './speakers.ts';
