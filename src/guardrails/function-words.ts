/** Words that a language cannot do without, and that its neighbours do not have or have rarely. By ISO 639-1; the table is our own. */
export const FUNCTION_WORDS: Readonly<Record<string, string>> = {
  da: 'og jeg ikke det der til på med af for som har hvad hvordan skal kan mig dig vi er et denne blev eller også',
  de: 'der die das und ist nicht ich ein eine zu mit von auf für den dem des sich auch wie was wir sie kann wird haben bei nach aus wenn über mein ihr welche gibt',
  en: 'a as so me no am get the and is are of to in that it you for with this what how my can do have not was on be from at i does why your would there which we they an or if has',
  es: 'el la los las de que y en un una es por con para no se del lo como más pero mi qué está cómo puedo su al hay son tengo',
  fi: 'on ja ei se että oli hän minä en kun mutta niin kuin ovat tai myös miten mikä voin sen mitä',
  fr: 'le la les de des et est un une que dans pour pas je vous il elle sur avec ce qui ne au du mon comment sont nous plus mais quel ai',
  id: 'yang dan di untuk dengan saya ini itu tidak dari pada apa bagaimana adalah ke anda akan bisa dalam',
  it: 'il lo la gli le di che e un una è per non con sono mi come del della più ma ho nel dei alla si cosa posso anche',
  nl: 'de het een en van is ik niet dat op te met voor zijn er aan hoe kan mijn wat je heb naar ook bij om deze maar wordt',
  no: 'og jeg ikke det er på til med av for som har hva hvordan skal kan meg deg vi et denne ble eller også noen',
  pl: 'i w nie na się z to jest że do jak co ale mam dla czy po od moje przez o jestem tego jak są',
  pt: 'o a os as de que e em um uma é para com não se do da no na por mais como mas meu eu você está são ao dos pode',
  ro: 'și în de la cu nu pe este o un care să din ce mai sunt pentru am cum că ale',
  sv: 'och jag inte det är på till med av för som har vad hur ska kan mig dig vi ett denna eller också men om att',
  tr: 've bir bu için ile ne de da mi var değil nasıl ben çok olarak daha gibi ama kadar olan',
  vi: 'và là của có không cho tôi được trong một người với này những các để làm như thế nào',
};
