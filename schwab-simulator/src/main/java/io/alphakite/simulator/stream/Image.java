package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.LevelOne;
import org.jspecify.annotations.Nullable;

/**
 * The level-one figures of one symbol as a client may ask for them, by field number. A value is a
 * long, {@link LevelOne#NONE} where there is none; for a text it is a number that changes when the
 * text does.
 */
interface Image {
  String symbol();

  /** One more than the highest field number. */
  int fields();

  /** Appends the members that only a first item has, each with a comma before it. */
  void head(StringBuilder to);

  long get(int field);

  /** The text of a field, null where it is no text or absent. */
  @Nullable String text(int field);

  /** How a field that is no text is written. */
  LevelOne.Form form(int field);
}
