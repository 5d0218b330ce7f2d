// In ms.
export const kSecond = 1000;
export const kMinute = 60 * kSecond;
export const kHour = 60 * kMinute;
export const kDay = 24 * kHour;
