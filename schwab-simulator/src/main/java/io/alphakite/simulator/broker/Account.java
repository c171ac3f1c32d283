package io.alphakite.simulator.broker;

/** The one account. */
public final class Account {
  public static final String NUMBER = "12345678";

  /** What stands for the number in paths. */
  public static final String HASH =
      "5A1F3C9E7B2D4068A9C8E6F1D3B5072496E8DAC0B2F4618375A9CBED1F305274";

  private Account() {}
}
