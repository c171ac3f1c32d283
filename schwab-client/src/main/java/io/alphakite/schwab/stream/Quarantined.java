package io.alphakite.schwab.stream;

/**
 * Something Schwab sent that we do not know or cannot read, with its first sample. The sample is
 * short, and long digits and secrets in it are masked.
 *
 * @param what names it, for instance {@code LEVELONE_OPTIONS 10}
 * @param count how often it came
 * @param sample at most {@link #SAMPLE_MAX} characters
 */
public record Quarantined(Reason reason, String what, long count, String sample) {

  /** The length of the longest sample. */
  public static final int SAMPLE_MAX = 400;

  /** Why something is here. */
  public enum Reason {
    /** A frame that is no JSON of the expected form, or that our decoder failed on. */
    GARBLED_FRAME,
    /** A member of a frame besides data, response and notify. */
    UNKNOWN_MEMBER,
    /** Data of a service we do not know. */
    UNKNOWN_SERVICE,
    /** Something the streamer says by itself in a form we do not know. */
    UNKNOWN_NOTICE,
    /** An answer to nothing we asked. */
    UNKNOWN_ANSWER,
    /** A field of an item that the service does not have. */
    UNKNOWN_FIELD,
    /** A field's value in another form than the field's; what was known before stays. */
    BAD_VALUE,
    /** An item without what makes it one, such as its key; left out. */
    BAD_ITEM
  }
}
