package io.alphakite.engine.runtime;

import io.alphakite.db.DatabaseUrl;
import io.alphakite.engine.broker.BrokerConnector;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.control.TradingSettings;
import io.alphakite.engine.halt.HaltBooks;
import io.alphakite.engine.halt.HaltFile;
import io.alphakite.engine.halt.HaltWatch;
import io.alphakite.engine.kill.KillBooks;
import io.alphakite.engine.order.EngineClock;
import io.alphakite.engine.order.OrderStores;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.engine.risk.RiskGate;
import io.alphakite.engine.risk.RiskLimits;
import io.alphakite.engine.signal.SignalRounds;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.platform.ServiceDefinition;
import io.alphakite.platform.alert.AlertBook;
import io.alphakite.platform.database.DatabaseSettings;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.time.MarketClock;
import io.alphakite.platform.time.MarketClockSettings;
import io.alphakite.platform.version.ServiceVersions;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The engine's parts, put together. */
@Configuration(proxyBeanMethods = false)
class RuntimeConfiguration {

  private static final Logger log = LoggerFactory.getLogger(RuntimeConfiguration.class);

  @Bean
  EngineClock engineClock(
      Settings settings, InstantSource wall, MarketClock market, BrokerConnector broker) {
    // A replay's clock is its own.
    boolean wallMarket = MarketClockSettings.from(settings) == MarketClockSettings.WALL;
    return new EngineClock() {
      @Override
      public Instant wall() {
        return wall.instant();
      }

      @Override
      public Instant market() {
        return market.now();
      }

      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public @Nullable Duration skew() {
        return wallMarket ? broker.clockSkew().orElse(null) : null;
      }
    };
  }

  @Bean
  SignalLoop signalLoop(SignalRounds rounds, EngineClock clock, Notifications notifications) {
    return new SignalLoop(rounds, clock, notifications);
  }

  @Bean
  HaltFile haltFile(Settings settings) {
    HaltFile file = HaltFile.of(settings);
    try {
      file.prepare();
    } catch (IOException e) {
      // Orders are halted then, and the alarm says so.
      log.atError()
          .addKeyValue("event", "halt.file_unusable")
          .setCause(e)
          .log("The folder of HALT_FILE cannot be made: trading is halted");
    }
    return file;
  }

  @Bean
  HaltLoop haltLoop(
      HaltFile file, HaltBooks books, InstantSource wall, Engine engine, Notifications told) {
    return new HaltLoop(new HaltWatch(file, books, wall), engine::holder, told);
  }

  @Bean
  VersionWatch versionWatch(ServiceVersions versions, JdbcClient jdbc) {
    return new VersionWatch(versions, jdbc);
  }

  @Bean
  OrderAlarms orderAlarms(JdbcClient jdbc, ServiceDefinition service, VersionWatch versions) {
    return new OrderAlarms(
        jdbc, new AlertBook(jdbc, service.name(), Duration.ZERO), versions::incompatible);
  }

  @Bean
  EngineRun.Parts engineParts(
      RiskGate gate,
      HaltFile halt,
      MarketCalendar calendar,
      EngineClock clock,
      PositionKeeper positions,
      Differences differences,
      ControlsBoard board,
      KillBooks killBooks,
      OrderAlarms alarms,
      Notifications notifications) {
    return new EngineRun.Parts(
        gate,
        halt,
        calendar,
        clock,
        positions,
        differences,
        board,
        killBooks,
        alarms,
        notifications);
  }

  @Bean
  Engine engine(
      BrokerConnector connector,
      OrderStores stores,
      EngineRun.Parts parts,
      TradingSettings trading,
      RiskLimits limits,
      Settings settings,
      ServiceDefinition service) {
    DatabaseUrl database = DatabaseSettings.of(settings, service.role());
    return new Engine(
        connector,
        database::connect,
        stores,
        parts,
        trading,
        BuildAndSettings.hash(settings),
        json(limits));
  }

  /** The limits for people to see, as decimal strings like all money of the API. */
  private static String json(RiskLimits limits) {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("max_order_quantity", Long.toString(limits.maxOrderQuantity()));
    shown.put("max_order_notional", limits.maxOrderNotional().toPlainString());
    shown.put("max_position_notional", limits.maxPositionNotional().toPlainString());
    shown.put("max_daily_loss", limits.maxDailyLoss().toPlainString());
    shown.put("max_open_orders", Integer.toString(limits.maxOpenOrders()));
    shown.put("max_orders_per_minute", Integer.toString(limits.maxOrdersPerMinute()));
    shown.put("price_collar_percent", limits.priceCollarPercent().toPlainString());
    shown.put(
        "max_quote_age_seconds",
        BigDecimal.valueOf(limits.maxQuoteAge().toMillis(), 3)
            .stripTrailingZeros()
            .toPlainString());
    if (limits.allowedTickers() != null) {
      shown.put("allowed_tickers", String.join(",", new TreeSet<>(limits.allowedTickers())));
    }
    StringBuilder json = new StringBuilder("{");
    shown.forEach(
        (name, value) -> {
          json.append(json.length() > 1 ? "," : "");
          // Names are ours, values are numbers and tickers: nothing in them needs escaping.
          json.append('"').append(name).append("\":\"").append(value).append('"');
        });
    return json.append('}').toString();
  }
}
