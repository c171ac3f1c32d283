package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.LevelOne;
import java.util.Arrays;

/** One key of a client's level-one subscription: what it asked for and what it was sent. */
final class Subscription {
  private final Image image;
  private final long[] sent;
  private Fields fields;

  /** With conflation: changed since the last batch. */
  boolean dirty;

  Subscription(Image image, Fields fields) {
    this.image = image;
    this.fields = fields;
    this.sent = new long[image.fields()];
    Arrays.fill(sent, LevelOne.NONE);
  }

  Image image() {
    return image;
  }

  void fields(Fields asked) {
    fields = asked;
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
      if (value == sent[field]) {
        continue;
      }
      sent[field] = value;
      if (value == LevelOne.NONE) {
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
