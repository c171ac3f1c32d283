package io.alphakite.engine.order;

/** Opens the books of an account for one engine's run. */
public interface OrderStores {

  /**
   * The account's books.
   *
   * @param epoch of this run: every write of an older one is refused
   * @param settingsHash of build and settings, written beside every order
   */
  OrderStore open(String accountId, long epoch, String settingsHash, String build);
}
