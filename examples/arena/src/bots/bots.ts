import { obeyParent, readyWith } from "../child.ts";
import type { BotOrders, BotPlan } from "../wire.ts";
import { Bot } from "./bot.ts";

const plan = JSON.parse(process.env["BOT_PLAN"] ?? "") as BotPlan;
const bots = plan.players.map((player, index) => new Bot(player, plan, index));

obeyParent<BotOrders>({
  async play(endpoint) {
    await Promise.all(bots.map((bot) => bot.play(endpoint)));
  },
  received() {
    const sum = (count: (bot: Bot) => number): number => bots.reduce((total, bot) => total + count(bot), 0);
    return {
      unlocked: sum((bot) => bot.unlocked.size),
      recorded: sum((bot) => bot.recorded.size),
      tokens: sum((bot) => bot.tokens),
    };
  },
});
readyWith({});
