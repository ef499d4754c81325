"""Words of many languages as they stand in tables, with the encodings each was written in before Unicode."""

# language: encodings, words (names, places, things; typed for the tests, not those the letter counts come from)
WORDS: dict[str, tuple[tuple[str, ...], str]] = {
    "german": (("cp1252", "latin-1", "iso8859-15", "mac-roman", "cp850", "cp437"),
        "München Köln Düsseldorf Straße Größe Müller Schäfer Jürgen Kühlschrank Stück Rückgabe Gebühr "
        "ungültig Österreich Käse Löffel"),
    "french": (("cp1252", "latin-1", "iso8859-15", "mac-roman", "cp850"),
        "Orléans Besançon Hélène François Évreux crème brûlée élève naïve coût reçu livré numéro société Noël "
        "forêt château été où déjà"),
    "spanish": (("cp1252", "latin-1", "mac-roman", "cp850"),
        "Málaga Córdoba España niño señor Muñoz Peña año teléfono dirección código artículo camión pingüino "
        "Núñez León Cádiz Jaén"),
    "portuguese": (("cp1252", "latin-1", "mac-roman"),
        "São Paulo Conceição João pão maçã coração Brasília Goiânia Paraná endereço descrição preço número Açores Évora órgão"),
    "swedish": (("cp1252", "latin-1", "mac-roman", "cp850"),
        "Malmö Göteborg Västerås Örebro Åsa Björn smörgås räkor kött fågel år månad nästa fråga öppen köpt sålda"),
    "danish": (("cp1252", "latin-1", "cp865"), "København Århus Ærø Søren Jørgen smørrebrød rødgrød fløde "
        "købt på både æble øl før næste"),
    "polish": (("cp1250", "iso8859-2", "cp852"),
        "Łódź Kraków Gdańsk Wrocław Poznań Białystok Częstochowa Małgorzata Łukasz Stanisław żółty źródło "
        "ćwierć świeża ręka książka dzień"),
    "czech": (("cp1250", "iso8859-2", "cp852"),
        "Plzeň Děčín Ústí České Budějovice Jiří Tomáš Zdeněk Růžena příliš žluťoučký kůň úpěl ďábelské ódy měsíc číslo město"),
    "hungarian": (("cp1250", "iso8859-2", "cp852"),
        "Győr Szőlősi Kovács István Gáspár Székesfehérvár Pécs Hódmezővásárhely termék mennyiség összeg "
        "fizetés időpont gyümölcs tűz"),
    "croatian": (("cp1250", "iso8859-2"), "Šibenik Požega Đakovo Čakovec Goran Ivanišević Božić žaba čaša "
        "količina narudžba tvrtka šećer više također"),
    "romanian": (("cp1250", "iso8859-2"), "Bucureşti Braşov Iaşi Timişoara Constanţa Târgu Mureş Ştefan Ţepeş "
        "preţ cantităţi piaţă brânză pâine înainte"),
    "russian": (("cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic", "cp855"),
        "Москва Петербург Новосибирск Екатеринбург Иванов Петрова Сергей Наталья молоко хлеб заказ доставка "
        "количество цена адрес улица"),
    "ukrainian": (("cp1251", "koi8-u"), "Київ Львів Харків Одеса Дніпро Запоріжжя Олексій Ірина Шевченко "
        "молоко хліб замовлення кількість ціна вулиця їжа єдність"),
    "bulgarian": (("cp1251", "iso8859-5"), "София Пловдив Варна Бургас Русе Георги Димитър Иванова мляко хляб "
        "поръчка количество цена адрес улица бърз ъгъл"),
    "greek": (("cp1253", "iso8859-7", "cp737"), "Αθήνα Θεσσαλονίκη Πάτρα Ηράκλειο Γιώργος Παπαδόπουλος Ελένη "
        "γάλα ψωμί τυρί ποσότητα τιμή διεύθυνση οδός ημέρα"),
    "turkish": (("cp1254", "iso8859-9", "cp857"), "İstanbul İzmir Muğla Şanlıurfa Eskişehir Çağlar Gökçe "
        "Yıldız süt ekmek sipariş ürün fiyatı adı doğru değil bugün"),
    "lithuanian": (("cp1257", "iso8859-13"), "Šiauliai Panevėžys Klaipėda Žemaitis Jonaitienė Ąžuolas šuo "
        "žąsis kiekis užsakymas gatvė pristatytas mėnuo įmonė ūkis"),
    "latvian": (("cp1257", "iso8859-13"), "Rīga Jūrmala Rēzekne Kārlis Bērziņš Ozoliņa Līga piegādāts "
        "pasūtījums daudzums cena iela māja ķirsis ģimene šķīvis"),
    "estonian": (("cp1257", "iso8859-13"), "Võru Põlva Jõgeva Pärnu Jüri Mägi Tõnu Kõiv tänav küsimus õun "
        "müük öö hüüd kõik täht sõber köök"),
    "hebrew": (("cp1255", "iso8859-8", "cp862"), "ירושלים תל אביב חיפה באר שבע משה כהן שרה לוי חלב לחם הזמנה "
        "כמות מחיר כתובת רחוב יום"),
    "arabic": (("cp1256", "iso8859-6"), "القاهرة الإسكندرية بغداد دمشق محمد أحمد فاطمة حليب خبز طلب كمية سعر عنوان شارع يوم"),
    "thai": (("cp874", "tis-620"), "กรุงเทพ เชียงใหม่ ภูเก็ต ขอนแก่น สมชาย สมหญิง นม ขนมปัง สั่งซื้อ จำนวน ราคา ที่อยู่ ถนน วัน"),
    "vietnamese": (("cp1258",), "Hà Nội Hải Phòng Đà Nẵng Cần Thơ Nguyễn Trần Lê sữa bánh mì đơn hàng số "
        "lượng giá địa chỉ đường ngày"),
    "japanese": (("cp932", "euc-jp", "iso2022_jp"), "東京都 大阪府 名古屋市 北海道 田中 鈴木 さくら "
        "ひろし 牛乳 パン 注文 数量 価格 住所 電話番号 日付 です ください"),
    "chinese": (("gb18030",), "北京 上海 广州 深圳 王伟 李娜 张敏 牛奶 面包 订单 数量 价格 地址 街道 日期 已送达 备注 没有"),
    "chinese traditional": (("big5",), "臺北 高雄 臺中 新竹 陳怡君 林志明 牛奶 麵包 訂單 數量 價格 地址 "
        "街道 日期 已送達 備註 沒有"),
    "korean": (("cp949", "johab"), "서울 부산 대구 인천 김민수 이영희 박지성 우유 빵 주문 수량 가격 주소 거리 "
        "날짜 배송 완료 없음"),
}  # fmt: skip
