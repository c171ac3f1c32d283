package io.alphakite.simulator.market;

/** What the one-letter codes of venues are called elsewhere. */
public final class Venue {
  private Venue() {}

  /** ISO 10383 code; XADF, where off-exchange trades are reported, for what is none of them. */
  public static String mic(char venue) {
    return switch (venue) {
      case 'N' -> "XNYS";
      case 'A' -> "XASE";
      case 'P' -> "ARCX";
      case 'Q', 'T' -> "XNAS";
      case 'B' -> "XBOS";
      case 'X' -> "XPHL";
      case 'Z' -> "BATS";
      case 'Y' -> "BATY";
      case 'J' -> "EDGA";
      case 'K' -> "EDGX";
      case 'M' -> "XCHI";
      case 'C' -> "XCIS";
      case 'W' -> "XCBO";
      default -> "XADF";
    };
  }

  /** The market maker's id in a book: in upper case or lower, as it comes. */
  public static String maker(char venue) {
    return switch (venue) {
      case 'N' -> "NYSE";
      case 'Q', 'T' -> "NSDQ";
      case 'P' -> "arcx";
      case 'Z' -> "BATS";
      case 'Y' -> "BATY";
      case 'K' -> "edgx";
      case 'J' -> "edga";
      case 'B' -> "BOSX";
      case 'X' -> "PHLX";
      case 'A' -> "AMEX";
      case 'C' -> "NSX";
      case 'M' -> "CHX";
      case 'W' -> "CBOE";
      default -> Character.toString(venue);
    };
  }
}
