// What is run inside a page before its own scripts: nothing outside the function's own body exists there.

/* global document, window, performance, navigator, RTCPeerConnection, WebSocket */

/**
 * Keeps when things happened, in milliseconds of `performance.now()`, the first time each: the trusted click on `#go`, the open
 * WebSocket, the camera, the descriptions, ICE, DTLS, the first packet of a picture, and the first picture in `#remote` that is
 * that of the other side's camera (`cells`, a grid of 4 by 3 above a strip of a sixth of the height).
 */
export function installClock({ cells }) {
  const clock = { origin: performance.timeOrigin, marks: {}, told: [], trouble: [] };
  window.clock = clock;
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

  function carriesPattern(video) {
    context.drawImage(video, 0, 0, 64, 36);
    return cells.every((colour, i) => {
      const { data } = context.getImageData((i % 4) * 16 + 8, Math.floor(i / 4) * 10 + 5, 1, 1);
      return Math.hypot(data[0] - colour[0], data[1] - colour[1], data[2] - colour[2]) < 70;
    });
  }

  document.addEventListener('DOMContentLoaded', () => {
    const video = document.querySelector('#remote');
    const look = (_, frame) => {
      const at = performance.now();
      if (carriesPattern(video)) {
        mark('frame', at);
        mark('received', frame.receiveTime);
        return;
      }
      clock.trouble.push(`another picture at ${Math.round(at)}`);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
}
