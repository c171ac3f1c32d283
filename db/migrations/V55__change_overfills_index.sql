-- The alarms ask for these each second. As order.turned_up has it since V43; without it every event there ever was is read.
CREATE INDEX order_events_change_overfills_ix ON engine.order_events (account_id, at)
    WHERE event = 'order.change_overfills';
