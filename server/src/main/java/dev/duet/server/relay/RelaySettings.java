package dev.duet.server.relay;

import java.time.Duration;

/**
 * What every shard of a relay knows.
 *
 * @param port where it listens on UDP
 * @param portMin the first port of relayed transport addresses
 * @param portMax the last one
 * @param pauseMax how long a busy shard may let datagrams gather before it takes them
 */
record RelaySettings(RelayAddresses addresses, int port, int portMin, int portMax, Duration pauseMax) {}
