import type { Texts } from './texts.ts';

const insecure = {
  microphone: 'No microphone: this page was not opened over https. Open the https address that the server printed.',
  camera: 'No camera: this page was not opened over https. Open the https address that the server printed.',
  both:
    'No camera and microphone: this page was not opened over https. ' +
    'Open the https address that the server printed.',
};

export const en: Texts = {
  tag: 'en',
  otherLanguage: '中文',
  otherTag: 'zh-CN',
  somebody: 'the other person',

  startTitle: 'A call for two',
  startLede: 'Start a call, send the link to one person, and talk.',
  create: 'Start a call',
  invitedTitle: 'You are invited to a call',
  invitedLede: 'One person, face to face. Your browser will ask for the camera and the microphone.',
  join: 'Join the call',
  nameLabel: 'Your name (optional)',
  doorNote: 'No account and nothing to install. The link is the key: whoever has it can join, up to two people.',
  insecure:
    'This page was opened over plain http, so the browser gives it neither camera nor microphone. ' +
    'Open the https address that the server printed.',
  insecureHelp: 'How to make your device trust that address',

  waitingTitle: 'Your call is ready',
  leftTitle: (name) => `${name} has left`,
  lostTitle: (name) => `${name} did not come back`,
  waitingLede: 'Send this link to the person you want to talk to. The call starts when they open it.',
  linkLabel: 'Link to this call',
  copy: 'Copy',
  copied: 'Copied',
  share: 'Share…',
  shareText: 'Join my call',
  scan: 'Or point a phone’s camera here',
  linkCode: 'QR code of the link',
  onlyHere:
    'This link works on this computer only. To invite somebody else, open the https address that the server printed, ' +
    'and start the call there.',

  reaching: 'Reaching the server…',
  notOpened: {
    unreachable: 'The server does not answer. Check your network. Trying again…',
    'origin-refused': 'The server does not accept pages from this address.',
    'host-refused': 'The server does not go by the name in this address.',
    'too-many-connections': 'Too many pages from your network are open on this server. Close some. Trying again…',
    stopping: 'The server is stopping or starting. Trying again…',
    'upgrade-lost': 'Something between you and the server, such as a proxy, blocks WebSocket. Trying again…',
    'not-duet': 'Another program answers at this address. Trying again…',
  },
  fullRetry: 'The room is full, but a seat may become free. Trying again in',
  unavailableRetry: 'The server is busy. Trying again in',
  waiting: 'Waiting for the other person',
  connecting: (name) => `Connecting to ${name}…`,
  connected: (name) => `In a call with ${name}`,
  awayReturning: (name) => `${name} has left the page, perhaps to reload it`,
  awayLost: (name) => `${name} lost the connection, waiting for them to come back`,
  awayButHere: (name) => `${name} lost the connection to the server`,
  interrupted: (name) => `The connection to ${name} is interrupted, looking for a new path`,
  serverLost: 'Connection to the server lost. Reconnecting…',
  serverLostInCall: 'Connection to the server lost. The call goes on while the page reconnects.',
  relayed: (protocol) => `relayed (${protocol})`,
  path: { no: 'direct', there: 'relayed at the other end' },
  seconds: (count) => `${count} s`,

  controls: 'Call controls',
  you: 'You',
  cameraOff: 'Your camera is off',
  otherCameraOff: (name) => `The camera of ${name} is off`,
  otherMuted: (name) => `${name} is muted`,
  play: 'Turn the sound on',
  device: {
    microphone: {
      on: 'Mute the microphone (M)',
      off: 'Unmute the microphone (M)',
      none: 'Try the microphone again (M)',
    },
    camera: { on: 'Turn the camera off (V)', off: 'Turn the camera on (V)', none: 'Try the camera again (V)' },
  },
  leave: 'Leave the call (Shift+L)',
  asking: 'Please allow the camera and the microphone in the browser’s question.',
  missing: {
    'insecure-context': insecure,
    'permission-denied': {
      microphone: 'The microphone is not allowed. Allow it beside the address bar, then press the microphone button.',
      camera: 'The camera is not allowed. Allow it beside the address bar, then press the camera button.',
      both: 'Camera and microphone are not allowed. Allow them beside the address bar, then press their buttons here.',
    },
    'no-device': {
      microphone: 'No microphone found: you can listen, but you are not heard.',
      camera: 'No camera found: you are heard, but not seen.',
      both: 'No camera and no microphone found: you can watch and listen.',
    },
    'device-busy': {
      microphone: 'Another program uses the microphone. Close it there, then press the microphone button.',
      camera: 'Another program uses the camera. Close it there, then press the camera button.',
      both: 'Another program uses camera and microphone. Close them there, then press their buttons here.',
    },
    'device-lost': {
      microphone: 'The microphone is gone. Plug it in, then press the microphone button.',
      camera: 'The camera is gone. Plug it in, then press the camera button.',
      both: 'Camera and microphone are gone. Plug them in, then press their buttons here.',
    },
    'device-failed': {
      microphone: 'The microphone does not start. Press the microphone button to try again.',
      camera: 'The camera does not start. Press the camera button to try again.',
      both: 'Camera and microphone do not start. Press their buttons to try again.',
    },
  },

  end: {
    left: { title: 'You left the call', text: 'The link still works while the call is open.', again: 'Join again' },
    full: {
      title: 'This call is full',
      text:
        'Two people are already in it. ' +
        'If you were one of them, close your other tab and try again in half a minute.',
      again: 'Try again',
    },
    superseded: {
      title: 'The call goes on elsewhere',
      text: 'This call goes on in another tab or window of yours. You can close this one.',
      again: 'Start a new call',
    },
    removed: { title: 'You were removed', text: 'The server took your seat back.', again: 'Try again' },
    refused: {
      title: 'The server did not let you in',
      text: 'Its rules do not allow you to join this call.',
      again: 'Try again',
    },
    error: {
      title: 'The call could not go on',
      text: 'Something went wrong between this page and the server.',
      again: 'Try again',
    },
  },
  endText: {
    'anonymous-refused':
      'It only lets in people from its own network, and you come from outside. ' +
      'Whoever runs it can open it to everybody.',
    'join-refused': 'Its rules do not allow you to join this call. Ask the person who invited you.',
    'origin-refused': 'It does not accept pages from this address. Whoever runs it can allow them.',
    'host-refused': 'It does not go by the name in this address. Whoever runs it can add the name.',
    'room-name-invalid': 'The link is damaged: it does not name a room. Ask for the link again.',
    'name-invalid': 'Your name has characters that cannot be shown. Choose another one.',
    unavailable: 'The server could not answer for a while. Try again in a minute.',
    'rate-limited': 'Too many tries in a short time. Try again in a minute.',
    policy: 'The server closed the connection because of its limits. Try again in a minute.',
    'client-fault': 'This page and the server do not understand each other. Reload the page.',
  },
  newCall: 'New call',
  forOperator: 'For whoever runs the server',
  callId: (id) => `Call id ${id}: name it when you ask for help.`,
};
