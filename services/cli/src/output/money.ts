import { decimalOfMoney, type Money } from '@payments/domain';

/** `19.99 USD` */
export function moneyText(money: Money): string {
  return `${decimalOfMoney(money)} ${money.currency}`;
}
