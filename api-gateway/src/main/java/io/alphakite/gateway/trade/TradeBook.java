package io.alphakite.gateway.trade;

import io.alphakite.gateway.trade.TradeViews.ChangeView;
import io.alphakite.gateway.trade.TradeViews.TradeView;
import io.alphakite.gateway.web.Cursor;
import io.alphakite.gateway.web.Page;
import io.alphakite.model.order.TradeStatus;
import jakarta.persistence.criteria.Predicate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.domain.Sort;
import org.springframework.stereotype.Service;

/** The trades as they stand. */
@Service
public class TradeBook {
  private static final List<String> OPEN =
      Arrays.stream(TradeStatus.values())
          .filter(TradeStatus::isOpen)
          .map(TradeStatus::wire)
          .toList();

  private final Trades trades;
  private final TradeChanges changes;

  TradeBook(Trades trades, TradeChanges changes) {
    this.trades = trades;
    this.changes = changes;
  }

  Optional<TradeView> find(UUID id) {
    return trades.findById(id).map(trade -> views(List.of(trade)).getFirst());
  }

  private List<TradeView> views(Collection<Trade> found) {
    Map<UUID, ChangeView> newest = changes.newest(found.stream().map(trade -> trade.id).toList());
    return found.stream().map(trade -> TradeView.of(trade, newest.get(trade.id))).toList();
  }

  /** Newest first. */
  Page<TradeView> list(
      Set<String> statuses,
      @Nullable String ticker,
      @Nullable Instant from,
      @Nullable Instant to,
      int limit,
      @Nullable String cursor) {
    Cursor.Place last = cursor == null ? null : Cursor.place(cursor);
    List<Trade> found =
        trades.findBy(
            (trade, query, builder) -> {
              List<Predicate> all = new ArrayList<>();
              if (!statuses.isEmpty()) {
                all.add(trade.get("status").in(statuses));
              }
              if (ticker != null) {
                all.add(builder.equal(trade.get("ticker"), ticker));
              }
              if (from != null) {
                all.add(builder.greaterThanOrEqualTo(trade.<Instant>get("createdAt"), from));
              }
              if (to != null) {
                all.add(builder.lessThan(trade.<Instant>get("createdAt"), to));
              }
              if (last != null) {
                all.add(
                    builder.or(
                        builder.lessThan(trade.<Instant>get("createdAt"), last.time()),
                        builder.and(
                            builder.equal(trade.get("createdAt"), last.time()),
                            builder.lessThan(trade.<UUID>get("id"), last.id()))));
              }
              return builder.and(all);
            },
            query ->
                query
                    .sortBy(Sort.by(Sort.Direction.DESC, "createdAt", "id"))
                    .limit(limit + 1)
                    .all());
    return Page.of(views(found), limit, trade -> Cursor.of(trade.createdAt(), trade.id()));
  }

  /** These trades, in the order of their last change. */
  public List<TradeView> find(Collection<UUID> ids) {
    return views(trades.findByIdInOrderByUpdatedAtAscIdAsc(ids));
  }

  /** Trades changed since, oldest change first. */
  public List<TradeView> changedSince(Instant time, int count) {
    return views(
        trades.findByUpdatedAtGreaterThanEqualOrderByUpdatedAtAscIdAsc(time, Limit.of(count)));
  }

  /** The newest trades and every open one, oldest first. */
  public List<TradeView> current(int count) {
    Map<UUID, Trade> wanted = new LinkedHashMap<>();
    for (Trade open : trades.findByStatusInOrderByCreatedAtDescIdDesc(OPEN, Limit.of(count))) {
      wanted.put(open.id, open);
    }
    for (Trade recent : trades.findByOrderByCreatedAtDescIdDesc(Limit.of(count))) {
      wanted.put(recent.id, recent);
    }
    return views(wanted.values()).stream()
        .sorted(java.util.Comparator.comparing(TradeView::createdAt).thenComparing(TradeView::id))
        .toList();
  }
}
