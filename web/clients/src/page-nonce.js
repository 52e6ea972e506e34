// Added by Duet to the library above, which is unchanged: docs/course.md says what it is for. Each load of a page has a number of its own, and
// every session that the page opens brings it as the query parameter duetPage. The ICE servers of its seat are window.duetIceServers.
(function (Manager) {
  if (!Manager || typeof crypto !== 'object' || !crypto.getRandomValues) return;
  var page = '';
  crypto.getRandomValues(new Uint16Array(8)).forEach(function (part) {
    page += (0x10000 + part).toString(16).slice(1);
  });
  var open = Manager.prototype.open;

  /** The page may give its query as text or as an object, and look at it later: it is copied, never changed. */
  function withPage(query) {
    if (typeof query === 'string') {
      return /(^|&)duetPage=/.test(query) ? query : 'duetPage=' + page + (query ? '&' : '') + query;
    }
    var all = copy(query);
    all.duetPage = page;
    return all;
  }

  /** With its seat the page gets the relay's address and a login; before it hears of the seat, it finds them here. */
  function take(packet) {
    if (packet.data && packet.data[0] === 'duet-ice-servers') window.duetIceServers = packet.data[1];
  }

  function copy(fields) {
    var all = {};
    for (var name in fields) all[name] = fields[name];
    return all;
  }

  Manager.prototype.open = Manager.prototype.connect = function () {
    this.opts = copy(this.opts);
    this.opts.query = withPage(this.opts.query);
    // A query in the address takes the place of that in the options.
    var mark = typeof this.uri === 'string' ? this.uri.indexOf('?') + 1 : 0;
    if (mark) this.uri = this.uri.slice(0, mark) + withPage(this.uri.slice(mark));
    if (!this.duet) {
      this.duet = true;
      this.on('packet', take);
    }
    return open.apply(this, arguments);
  };
})(/* Manager */);
