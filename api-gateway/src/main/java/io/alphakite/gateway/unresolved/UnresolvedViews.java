package io.alphakite.gateway.unresolved;

import io.alphakite.gateway.web.Decimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What orders of unknown fate look like from outside. */
public final class UnresolvedViews {
  private UnresolvedViews() {}

  /**
   * An order of which nobody knows whether the broker has it.
   *
   * @param id of the attempt that is of unknown fate
   * @param quantity of the order
   * @param state {@code searching} while the broker's listing is searched, {@code unresolved} when
   *     it waits for a person
   * @param reason {@code searching}, {@code throttled}, {@code several_fit}, {@code one_fits},
   *     {@code absence_shown} or {@code undecided}
   * @param claimedAt when it was claimed for sending
   * @param waitedSeconds since then
   * @param doing what is being done about it
   * @param resolution what was last said about it; null when nothing was
   */
  public record UnresolvedView(
      UUID id,
      UUID tradeId,
      String accountId,
      String ticker,
      String assetType,
      @Nullable String optionSymbol,
      String side,
      Decimal quantity,
      String orderType,
      @Nullable Decimal limitPrice,
      @Nullable Decimal stopPrice,
      String timeInForce,
      String source,
      String state,
      String reason,
      @Nullable String detail,
      Instant claimedAt,
      long waitedSeconds,
      String doing,
      EvidenceView evidence,
      BlocksView blocks,
      MayView may,
      @Nullable ResolutionView resolution) {

    /** Whether it says the same, however long it has waited. */
    public boolean saysWhat(UnresolvedView other) {
      return withWaited(other.waitedSeconds).equals(other);
    }

    private UnresolvedView withWaited(long seconds) {
      return new UnresolvedView(
          id,
          tradeId,
          accountId,
          ticker,
          assetType,
          optionSymbol,
          side,
          quantity,
          orderType,
          limitPrice,
          stopPrice,
          timeInForce,
          source,
          state,
          reason,
          detail,
          claimedAt,
          seconds,
          doing,
          evidence,
          blocks,
          may,
          resolution);
    }
  }

  /**
   * What has been seen.
   *
   * @param looks listings looked at
   * @param countedListings complete ones without it, far enough apart to count
   * @param neededListings so many show its absence
   * @param candidates the broker's orders that fit
   * @param knownBefore orders that say the same and were there before it was sent
   * @param positionDifference null while the broker's holding of the instrument is what we expect
   * @param searches the newest looks, newest first
   */
  public record EvidenceView(
      int looks,
      int countedListings,
      @Nullable Integer neededListings,
      @Nullable Instant lastCountedAt,
      @Nullable Instant nextLookAt,
      boolean absenceShown,
      List<CandidateView> candidates,
      List<String> knownBefore,
      @Nullable DifferenceView positionDifference,
      List<SearchView> searches) {
    public EvidenceView {
      candidates = List.copyOf(candidates);
      knownBefore = List.copyOf(knownBefore);
      searches = List.copyOf(searches);
    }
  }

  /**
   * An order at the broker that says what was sent.
   *
   * @param says its content, as orders are compared
   * @param enteredAt by the broker's clock
   */
  public record CandidateView(
      String brokerOrderId,
      String status,
      String says,
      @Nullable Instant enteredAt,
      Decimal filledQuantity) {}

  /** A holding that differs unexplained. */
  public record DifferenceView(Decimal ours, Decimal theirs, Instant since) {}

  /**
   * One look at the broker's listing.
   *
   * @param listed orders in it
   * @param complete whether it had every order that it must have
   */
  public record SearchView(Instant at, int listed, boolean complete, int candidates) {}

  /**
   * What cannot be sent meanwhile.
   *
   * @param newRiskIn no order that adds risk goes out in this ticker
   * @param account whether none goes out in the whole account
   * @param lane what is held back entirely, as in {@code sell SPY}
   * @param exits orders that would close what is held and cannot be sent
   * @param waiting trades that were asked for and wait for this
   */
  public record BlocksView(
      String newRiskIn, boolean account, String lane, List<ExitView> exits, List<UUID> waiting) {
    public BlocksView {
      exits = List.copyOf(exits);
      waiting = List.copyOf(waiting);
    }
  }

  /**
   * An exit that cannot be sent.
   *
   * @param says for a person: {@code sell 100 SPY cannot be sent until this is resolved}
   */
  public record ExitView(String side, Decimal quantity, String symbol, String says) {}

  /**
   * What a person may say and would be believed.
   *
   * @param placed the broker's orders it may be
   * @param notPlaced that it never arrived
   * @param override that it never arrived, although absence is not shown
   * @param overrideFrom when that can be said; null where it is not known yet
   */
  public record MayView(
      List<String> placed, boolean notPlaced, boolean override, @Nullable Instant overrideFrom) {
    public MayView {
      placed = List.copyOf(placed);
    }
  }

  /**
   * What a person said, and what became of it.
   *
   * @param outcome {@code placed} or {@code not_placed}
   * @param status {@code pending} until the engine answers, then {@code accepted} or {@code
   *     refused}
   * @param answer what was done, or why not
   */
  public record ResolutionView(
      UUID id,
      UUID unresolvedId,
      UUID tradeId,
      String outcome,
      @Nullable String brokerOrderId,
      boolean override,
      String evidence,
      String person,
      Instant requestedAt,
      String status,
      @Nullable Instant doneAt,
      @Nullable String answer) {}
}
