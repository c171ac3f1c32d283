package io.alphakite.simulator.recording;

/**
 * The bytes of a recording (after gunzip), version 1. docs/recordings.md describes them for people.
 *
 * <p>Unsigned numbers are little-endian base-128 varints; signed ones are zigzag first.
 */
final class RecordingFormat {
  /** "AKR1": Alpha Kite recording, version 1. */
  static final int MAGIC = 0x414B5231;

  /** The last price moves to this print's price. */
  static final int PRINT = 0;

  /** Counts as volume; the last price stays. */
  static final int VOLUME_ONLY_PRINT = 1;

  /** The national best bid and offer changed. */
  static final int QUOTE = 2;

  /** Followed by the number of prints and of quotes, as a check. */
  static final int END = 3;

  static final int BID_PRICE = 1 << 2;
  static final int BID_SIZE = 1 << 3;
  static final int ASK_PRICE = 1 << 4;
  static final int ASK_SIZE = 1 << 5;
  static final int BID_VENUE = 1 << 6;
  static final int ASK_VENUE = 1 << 7;

  private RecordingFormat() {}
}
