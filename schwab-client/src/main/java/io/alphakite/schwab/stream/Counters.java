package io.alphakite.schwab.stream;

import java.util.concurrent.atomic.LongAdder;

/** What the stream counts, over all its connections. */
final class Counters {

  final LongAdder frames = new LongAdder();
  final LongAdder items = new LongAdder();
  final LongAdder fullQueueWaits = new LongAdder();
  final LongAdder fullQueueNanos = new LongAdder();
  final LongAdder earlyDeltas = new LongAdder();
  final LongAdder garbledFrames = new LongAdder();
  final LongAdder unknownServices = new LongAdder();
  final LongAdder unknownFields = new LongAdder();
  final LongAdder badValues = new LongAdder();
  final LongAdder badItems = new LongAdder();
  final LongAdder oversizedFrames = new LongAdder();
  final LongAdder staleSpells = new LongAdder();
  final LongAdder connections = new LongAdder();
  final LongAdder kicks = new LongAdder();

  StreamStats snapshot(int queued, long lastFrameNanosAgo) {
    return new StreamStats(
        frames.sum(),
        items.sum(),
        fullQueueWaits.sum(),
        fullQueueNanos.sum(),
        earlyDeltas.sum(),
        garbledFrames.sum(),
        unknownServices.sum(),
        unknownFields.sum(),
        badValues.sum(),
        badItems.sum(),
        oversizedFrames.sum(),
        staleSpells.sum(),
        connections.sum(),
        kicks.sum(),
        queued,
        lastFrameNanosAgo);
  }
}
