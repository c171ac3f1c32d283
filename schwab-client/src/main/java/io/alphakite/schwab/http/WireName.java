package io.alphakite.schwab.http;

/** An enum constant that Schwab writes otherwise than its name. */
public interface WireName {

  /** As Schwab writes it. */
  String wire();
}
