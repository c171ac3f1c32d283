package io.alphakite.simulator.fault;

/** How sure it is that the real API does this. */
public enum Evidence {
  OFFICIAL_AND_SEEN("A", "stated officially and seen in captures"),
  OFFICIAL("D", "stated officially"),
  OBSERVED("O", "seen in captured traffic"),
  REPORTED("R", "reported by users"),
  CONTESTED("?", "contested"),
  INFERRED("I", "inferred; no source has seen it");

  private final String tag;
  private final String meaning;

  Evidence(String tag, String meaning) {
    this.tag = tag;
    this.meaning = meaning;
  }

  /** One character, as the reference tags it. */
  public String tag() {
    return tag;
  }

  /** For people. */
  public String meaning() {
    return meaning;
  }
}
