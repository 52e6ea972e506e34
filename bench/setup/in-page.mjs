// What is run inside a page before its own scripts: nothing outside the function's own body exists there.

/* global document, window, performance, navigator, RTCPeerConnection, WebSocket */

/**
 * Keeps when things happened, in milliseconds of `performance.now()`, the first time each: the trusted click on `#go`, the open
 * WebSocket, the camera, the descriptions, ICE, DTLS, the first packet of a picture, and the first picture in `#remote` that is
 * that of the other side's camera (`cells`, a grid of 4 by 3 above a strip of a sixth of the height).
 */
export function installClock({ cells }) {
  const connections = [];
  const clock = { origin: performance.timeOrigin, marks: {}, told: [], trouble: [] };
  window.clock = clock;
  /** What the connection with a picture says of it. */
  clock.pictures = async () => {
    const found = {};
    for (const connection of connections.filter(({ connectionState }) => connectionState === 'connected')) {
      for (const stats of (await connection.getStats()).values()) {
        if (stats.kind === 'video' && /^(in|out)bound-rtp$/.test(stats.type)) {
          const { framesReceived, keyFramesDecoded, framesDropped, framesEncoded, keyFramesEncoded, totalEncodeTime, pliCount } = stats;
          found[stats.type] = { framesReceived, keyFramesDecoded, framesDropped, framesEncoded, keyFramesEncoded, totalEncodeTime, pliCount };
        }
      }
    }
    return found;
  };
  const mark = (name, at = performance.now()) => {
    clock.marks[name] ??= at;
  };

  document.addEventListener('click', (event) => {
    if (event.isTrusted && event.target.id === 'go') {
      mark('click', event.timeStamp);
    }
  }, true);

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...arguments_) {
      super(...arguments_);
      this.addEventListener('open', () => mark('socket'));
      this.addEventListener('message', ({ data }) => {
        const type = /^\{"type":"([a-z-]+)"/.exec(data)?.[1];
        if (type !== undefined) {
          clock.told.push([type, performance.now()]);
        }
      });
    }
  };

  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints);
    mark('camera');
    return stream;
  };

  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...arguments_) {
      super(...arguments_);
      mark('connection');
      connections.push(this);
      this.addEventListener('iceconnectionstatechange', () => {
        if (['connected', 'completed'].includes(this.iceConnectionState)) {
          mark('ice');
        }
      });
      this.addEventListener('connectionstatechange', () => {
        if (this.connectionState === 'connected') {
          mark('dtls');
        }
      });
      this.addEventListener('track', ({ track }) => {
        if (track.kind === 'video') {
          track.addEventListener('unmute', () => mark('packet'));
        }
      });
    }

    async createAnswer(...arguments_) {
      const answer = await super.createAnswer(...arguments_);
      mark('answer');
      return answer;
    }

    async setLocalDescription(...arguments_) {
      await super.setLocalDescription(...arguments_);
      mark('local');
    }

    async setRemoteDescription(...arguments_) {
      await super.setRemoteDescription(...arguments_);
      mark('remote');
    }
  };

  const Sender = window.RTCRtpSender.prototype;
  const { replaceTrack } = Sender;
  Sender.replaceTrack = async function replaceAndMark(track) {
    mark('filling');
    await replaceTrack.call(this, track);
    mark('filled');
  };

  const canvas = document.createElement('canvas');
  canvas.width = 64;
  canvas.height = 36;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  // The first reading takes long, and is none of any page's doing.
  context.getImageData(0, 0, 1, 1);

  /** The first cell that has another colour, or nothing. */
  function wrongCell(video) {
    context.drawImage(video, 0, 0, 64, 36);
    for (const [i, colour] of cells.entries()) {
      const { data } = context.getImageData((i % 4) * 16 + 8, Math.floor(i / 4) * 10 + 5, 1, 1);
      if (Math.hypot(data[0] - colour[0], data[1] - colour[1], data[2] - colour[2]) >= 70) {
        return `cell ${i} is ${data}, not ${colour}`;
      }
    }
    return undefined;
  }

  document.addEventListener('DOMContentLoaded', () => {
    const video = document.querySelector('#remote');
    let seen;
    const look = (_, frame) => {
      seen = frame;
      const at = performance.now();
      const wrong = wrongCell(video);
      if (wrong === undefined) {
        mark('frame', at);
        mark('received', frame.receiveTime);
        return;
      }
      clock.trouble.push(`${frame.width}x${frame.height}, ${wrong}`);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    // The first picture may be told before the element lets anybody read it.
    video.addEventListener('loadeddata', () => {
      if (seen !== undefined && wrongCell(video) === undefined) {
        mark('frame');
        mark('received', seen.receiveTime);
      }
    });
  });
}
