package io.alphakite.engine.broker.config;

import io.alphakite.engine.broker.BrokerConnector;
import io.alphakite.engine.broker.BrokerLink;
import io.alphakite.engine.broker.paper.PaperBroker;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingSettings;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.time.MarketClock;
import io.alphakite.schwab.SchwabMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.InstantSource;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** Chooses the broker: {@code TRADING_MODE=paper} stays inside, {@code live} goes to Schwab. */
@Configuration(proxyBeanMethods = false)
class BrokerConfiguration {

  @Bean
  BrokerConnector brokerConnector(
      TradingSettings trading,
      Settings settings,
      DataSource database,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      MarketCalendar calendar,
      InstantSource wall,
      MarketClock market) {
    if (trading.mode() == TradingMode.LIVE) {
      return SchwabConnector.of(settings, wall, database);
    }
    PaperBroker paper = new PaperBroker(jdbc, transactions, calendar, wall, market::now);
    return () -> {
      paper.open();
      return new BrokerLink("paper", PaperBroker.ACCOUNT, "", true, paper, paper::match);
    };
  }

  @Bean
  HealthCheck tokenCheck(BrokerConnector connector) {
    return new HealthCheck() {
      @Override
      public String name() {
        return "token";
      }

      @Override
      public CheckResult check() {
        return connector instanceof SchwabConnector schwab
            ? schwab.token()
            : CheckResult.up(Map.of("note", "paper trading needs none"));
      }
    };
  }

  @Bean
  MeterBinder schwabMetrics(BrokerConnector connector) {
    return connector instanceof SchwabConnector schwab ? new SchwabMetrics(schwab::api) : _ -> {};
  }
}
