package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.LevelOne;
import java.util.Arrays;

/** One key of a client's level-one subscription: what it asked for and what it was sent. */
final class Subscription {
  private final Image image;
  private final long[] sent;
  private Fields fields;

  private final String subject;
  private long correction;
  private boolean halted;

  /** With conflation: changed since the last batch. */
  boolean dirty;

  /** A fault has silenced it for good. */
  boolean lost;

  /** Market time until which a fault has halted it. */
  long haltedUntil = Long.MIN_VALUE;

  Subscription(Image image, Fields fields) {
    this.image = image;
    this.fields = fields;
    this.sent = new long[image.fields()];
    this.subject = Service.LEVELONE_EQUITIES + " " + image.symbol();
    Arrays.fill(sent, LevelOne.NONE);
  }

  Image image() {
    return image;
  }

  /** Service and key, by which faults know it. */
  String subject() {
    return subject;
  }

  void fields(Fields asked) {
    fields = asked;
  }

  /** The next change gives the day's volume so many shares too low, the one after it rightly. */
  void correctVolume(long shares) {
    correction = shares;
  }

  /**
   * Appends that the symbol is halted; the next change tells that it no longer is.
   *
   * @return false, and nothing appended, when the status was not asked for
   */
  boolean halted(StringBuilder to) {
    if (!fields.has(LevelOne.SECURITY_STATUS)) {
      return false;
    }
    to.append("{\"key\":");
    Json.text(to, image.symbol());
    to.append(",\"").append(fields.label(LevelOne.SECURITY_STATUS)).append("\":\"Halted\"}");
    halted = true;
    return true;
  }

  /** Appends the full image of the fields asked for. */
  void image(StringBuilder to) {
    to.append("{\"key\":");
    Json.text(to, image.symbol());
    image.head(to);
    for (int field = fields.next(1); field >= 0; field = fields.next(field + 1)) {
      sent[field] = image.get(field);
      if (sent[field] != LevelOne.NONE || image.text(field) != null) {
        value(to, field, sent[field]);
      }
    }
    to.append('}');
    dirty = false;
  }

  /**
   * Appends what was asked for and has changed since it was sent last.
   *
   * @return false, and nothing appended, when nothing has
   */
  boolean delta(StringBuilder to) {
    boolean any = false;
    for (int field = fields.next(1); field >= 0; field = fields.next(field + 1)) {
      long value = image.get(field);
      if (field == LevelOne.TOTAL_VOLUME && value != LevelOne.NONE) {
        value -= correction;
      }
      boolean resumed = halted && field == LevelOne.SECURITY_STATUS;
      if (value == sent[field] && !resumed) {
        continue;
      }
      sent[field] = value;
      if (value == LevelOne.NONE && !resumed) {
        continue;
      }
      if (!any) {
        to.append("{\"key\":");
        Json.text(to, image.symbol());
        any = true;
      }
      value(to, field, value);
    }
    if (any) {
      to.append('}');
    }
    correction = 0;
    halted = false;
    dirty = false;
    return any;
  }

  private void value(StringBuilder to, int field, long value) {
    to.append(",\"").append(fields.label(field)).append("\":");
    String text = image.text(field);
    if (text != null) {
      Json.text(to, text);
      return;
    }
    switch (image.form(field)) {
      case PRICE -> Json.e4(to, value);
      case PERCENT -> Json.e6(to, value);
      case CHARACTER -> to.append('"').append((char) value).append('"');
      case BOOLEAN -> to.append(value != 0);
      case COUNT -> to.append(value);
    }
  }
}
