// The course dialect, done right, on Node's own socket.io: what Duet has to do as well. Rooms of `capacity`, decided before
// anybody is in; only members are heard; whoever goes, by whatever way, is announced once.

/** Lets an `io` of socket.io 4 serve the course dialect. */
export function course(io, capacity = 2) {
  const rooms = new Map();

  function depart(socket, key, room) {
    const members = rooms.get(key);
    if (members === undefined || !members.delete(socket)) {
      return;
    }
    if (members.size === 0) {
      rooms.delete(key);
    }
    socket.seats.delete(key);
    for (const other of members) {
      other.emit('bye', room, socket.id);
    }
  }

  io.on('connection', (socket) => {
    socket.seats = new Map();

    socket.on('join', (room, ack) => {
      answer(ack);
      const key = keyOf(room);
      const members = rooms.get(key) ?? new Set();
      if (key === undefined || members.has(socket)) {
        return;
      }
      if (members.size >= capacity) {
        socket.emit('full', room, socket.id);
        return;
      }
      rooms.set(key, members);
      socket.seats.set(key, room);
      socket.emit('joined', room, socket.id);
      for (const other of members) {
        other.emit('otherjoin', room, socket.id);
      }
      members.add(socket);
    });

    socket.on('leave', (room, ack) => {
      answer(ack);
      depart(socket, keyOf(room), room);
      socket.emit('leaved', room, socket.id);
    });

    socket.on('message', (room, data, ack) => {
      answer(ack);
      const members = rooms.get(keyOf(room));
      if (members === undefined || !members.has(socket)) {
        return;
      }
      for (const other of members) {
        if (other !== socket) {
          other.emit('message', room, data);
        }
      }
    });

    socket.on('disconnect', () => socket.seats.forEach((room, key) => depart(socket, key, room)));
  });
}

function keyOf(room) {
  return room !== null && typeof room === 'object' ? undefined : String(room);
}

function answer(ack) {
  if (typeof ack === 'function') {
    ack();
  }
}
