package io.alphakite.schwab.trader;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /userPreference} says about the user. Read it again before every streamer
 * connection: its URL and ids may change.
 *
 * @param streamer empty when Schwab lists no streamer for this user
 */
public record UserPreference(
    List<Account> accounts, Optional<StreamerInfo> streamer, List<Offer> offers) {

  public UserPreference {
    accounts = List.copyOf(accounts);
    offers = List.copyOf(offers);
  }

  /**
   * One linked account as the user sees it.
   *
   * @param type such as BROKERAGE
   * @param lotSelectionMethod such as FIFO
   */
  public record Account(
      String number,
      boolean primary,
      @Nullable String type,
      @Nullable String nickName,
      @Nullable String displayAcctId,
      @Nullable Boolean autoPositionEffect,
      @Nullable String accountColor,
      @Nullable String lotSelectionMethod) {
    @Override
    public String toString() {
      return "Account[primary=" + primary + ", type=" + type + "]";
    }
  }

  /** Where and as whom to log in to the streamer. */
  public record StreamerInfo(
      URI socketUrl, String customerId, String correlId, String channel, String functionId) {
    @Override
    public String toString() {
      return "StreamerInfo[" + socketUrl + "]";
    }
  }

  /**
   * What market data the user may have.
   *
   * @param level2Permissions whether the books are included
   * @param marketDataPermission NP (no professional), PN (professional, not paying) or PP
   *     (professional, paying)
   */
  public record Offer(@Nullable Boolean level2Permissions, @Nullable String marketDataPermission) {}
}
