"""Tables of many houses: separators, encodings, languages and clocks are found out, and every event is read."""

import random
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from auditor.cli.main import run
from auditor.trail import classes, tables
from auditor.trail.matching import propose
from auditor.trail.opening import blocks, find
from auditor.trail.reading import survey
from auditor.trail.schema import INDEX, Sink

BASIC = "time source seq code user ip patient outcome"
REST = "source seq code type action outcome user ip src_ae dst_ae patient study instances override query media"
SHAPES = {
    "German": ("Zeitstempel;Quelle;LfdNr;Ereigniscode;Untertyp;Aktion;Ergebnis;Benutzerkennung;IP-Adresse;AE Quelle;"
               "AE Ziel;Patientennr;Studie;Bilder;Notfall;Suche;Datenträger", "time source seq code type action "
               "outcome user ip src_ae dst_ae patient study instances override query media", "cp1252",
               "%d.%m.%Y %H:%M:%S"),
    "German, two columns of time": ("Datum\tUhrzeit\tSystem\tAnwender\tArbeitsplatz\tVorgang\tStatus\tPatID",
               "date clock source user ip word outcome patient", "utf-8", "%d.%m.%Y %H:%M:%S"),
    "French": ("Horodatage;Système;N° séquence;Code événement;Utilisateur;Adresse IP;Identifiant patient;Résultat;"
               "Bris de glace;Requête;Examen", "time source seq code user ip patient outcome override query study",
               "utf-8-sig", "%d/%m/%Y %H:%M:%S"),
    "Spanish": ("Fecha y hora|Sistema|Secuencia|Código de evento|Usuario|Dirección IP|NHC|Resultado", BASIC, "utf-8",
                "%d/%m/%Y %H:%M:%S"),
    "Italian": ("Data e ora;Sistema;Progressivo;Evento;Utente;Indirizzo IP;ID paziente;Esito", BASIC, "utf-8",
                "%Y-%m-%d %H:%M:%S"),
    "Dutch": ("Tijdstip;Bron;Volgnummer;Gebeurtenis;Gebruiker;IP-adres;Patiëntnummer;Resultaat", BASIC, "utf-16",
              "%d-%m-%Y %H:%M:%S"),
    "Portuguese": ("Data/Hora;Sistema;Sequência;Código do evento;Utilizador;Endereço IP;N.º processo;Resultado", BASIC,
                   "cp1252", "%d/%m/%Y %H:%M:%S"),
    "Swedish": ("Tidpunkt;Källa;Löpnr;Händelsekod;Användare;IP-adress;Patientnummer;Resultat", BASIC, "cp1252",
                "%Y-%m-%d %H:%M:%S"),
    "Danish": ("Tidsstempel;Kilde;Løbenr;Hændelse;Bruger;IP-adresse;Patient-id;Udfald", BASIC, "utf-8",
               "%d-%m-%Y %H.%M.%S"),
    "Polish": ("Data i godzina;System;Nr kolejny;Kod zdarzenia;Użytkownik;Adres IP;Nr pacjenta;Wynik", BASIC, "cp1250",
               "%d.%m.%Y %H:%M:%S"),
    "Russian": ("Дата и время;Система;Номер записи;Код события;Пользователь;IP-адрес;Пациент;Результат", BASIC,
                "cp1251", "%d.%m.%Y %H:%M:%S"),
    "Japanese": ("日時,システム,連番,イベントコード,利用者ID,IPアドレス,患者ID,結果", BASIC, "cp932",
                 "%Y/%m/%d %H:%M:%S"),
    "Chinese": ("时间,系统,序号,事件代码,用户,IP地址,患者编号,结果", BASIC, "gb18030", "%Y-%m-%d %H:%M:%S"),
    "Australian": ("Event Date Time,Application,Event No,Event,Staff ID,IP Address,URN,Status", BASIC, "utf-8",
                   "%d/%m/%Y %H:%M:%S"),
    "seconds since 1970": ("ts,app,id,evt,actor,remote_addr,subject,rc", BASIC, "utf-8", "epoch"),
    "milliseconds since 1970": ("epoch_ms\torigin\trecord_no\tevent_id\tlogin\tclient_ip\tmrn\tstatus", BASIC, "utf-8",
                                "epoch_ms"),
    "month first, twelve hours": ("Access Date/Time,Module,Item No,Event,User ID,Workstation,Patient MRN,Result", BASIC,
                                  "utf-8", "%m/%d/%Y %I:%M:%S %p"),
    "Dutch, every column": ("Datum;Tijd;Bronsysteem;Volgnummer;Gebeurteniscode;Subtype;Actie;Uitkomst;Gebruiker;"
                            "IP-adres;Bron AE;Doel AE;Patiëntnummer;Onderzoek;Aantal beelden;Noodprocedure;"
                            "Zoekopdracht;Drager", f"date clock {REST}", "utf-8", "%d-%m-%Y %H:%M:%S"),
    "Polish, every column": ("Znacznik czasu|System źródłowy|Lp.|Kod zdarzenia|Podtyp|Czynność|Wynik|Użytkownik|"
                             "Adres IP|AE źródłowe|AE docelowe|Nr pacjenta|Badanie|Liczba obrazów|Dostęp awaryjny|"
                             "Zapytanie|Nośnik", f"time {REST}", "cp1250", "%Y-%m-%d %H:%M:%S"),
    "Portuguese, every column": ("Data e hora;Sistema;Nº de sequência;Código do evento;Subtipo de evento;Ação;"
                                 "Resultado;Utilizador;Endereço IP;AE origem;AE destino;Nº de processo;Estudo;"
                                 "Número de imagens;Acesso de emergência;Pesquisa;Suporte", f"time {REST}", "cp1252",
                                 "%d/%m/%Y %H:%M:%S"),
    "Turkish in its own code page": ("İşlem Tarihi;Kullan\u0131c\u0131 Ad\u0131;Hasta No;İşlem Türü;IP Adresi;Sonuç",
                                     "time user patient code ip outcome", "cp1254", "%d.%m.%Y %H:%M:%S"),
    "Japanese, numbers for people": ("操作日時;職員番号;患者番号;操作区分;検査番号;結果",
                                     "time user patient code study outcome", "cp932", "%Y/%m/%d %H:%M:%S"),
    "Polish, two columns of time": ("Data zdarzenia;Godzina;Użytkownik;Nr pacjenta;Operacja;Nr badania;Adres IP;Wynik",
                                    "date clock user patient code study ip outcome", "cp1250", "%d.%m.%Y %H:%M:%S"),
    "stations in words of no list, searches by their contents": (
        "Time,Source,Seq,Code,User,IP,Xaaa AE,Ybbb AE,Patient,Zccc", "time source seq code user ip src_ae dst_ae "
        "patient query", "utf-8", "%Y-%m-%d %H:%M:%S"),
    "offsets": ("event_ts|src_system|rec_seq|evt_code|principal|client_addr|mrn|result_code", BASIC, "utf-8",
                "%Y-%m-%dT%H:%M:%S+02:00"),
    "questions": ("When,Which system,Serial,What,Who,Where,Whom,Outcome", BASIC, "utf-8", "%Y-%m-%d %H:%M:%S"),
    "one prefix and digits alone": ("LOG_DATE;LOG_TIME;LOG_SYSTEM;LOG_SEQ;LOG_EVENT;LOG_USER;LOG_IP;LOG_PATIENT",
                                    "date clock source seq code user ip patient", "cp1252", "%Y%m%d %H%M%S"),
    "digits alone": ("DTTM|SYS|SEQNO|EVT|USR|ADDR|PT_ID|RSLT", BASIC, "utf-8", "%Y%m%d%H%M%S"),
}  # fmt: skip


def made(header: str, kinds: list[str], encoding: str, clock: str, above: str = "") -> bytes:
    """Sixty rows under the header, in its separator."""
    rnd, at = random.Random(3), datetime(2026, 9, 28, 22, 13, 5)  # noqa: S311, DTZ001 - made-up local times
    separator = max(",;\t|", key=header.count)
    lines = []
    for number in range(60):
        at += timedelta(minutes=rnd.randrange(1, 40), seconds=rnd.randrange(60))
        written = (
            str(int(at.timestamp() * (1000 if clock == "epoch_ms" else 1))) if "epoch" in clock else f"{at:{clock}}"
        )
        date, _, rest = written.partition(" ")
        cells = {
            "time": written, "date": date, "clock": rest, "source": rnd.choice(["KIS", "PACS2"]),
            "seq": str(900 + number),
            "code": rnd.choice(["110103", "110112", "110114"]), "word": rnd.choice(["Abfrage", "Ansicht"]),
            "type": rnd.choice(["", "110122"]), "action": rnd.choice("RE"), "outcome": rnd.choice("0004"),
            "user": rnd.choice(["KLINIK\\mmeier", "jschmidt"]), "ip": f"10.3.{rnd.randrange(9)}.{number + 1}",
            "src_ae": rnd.choice(["CT1", ""]), "dst_ae": "ARCH", "patient": f"{rnd.randrange(10**6):08d}",
            "study": f"1.2.276.{number}.1", "instances": str(rnd.randrange(400)), "override": rnd.choice("001"),
            "query": rnd.choice(["", "PatientName=MEI*"]), "media": rnd.choice(["", "CD"]),
        }  # fmt: skip
        lines.append(separator.join(cells[kind] for kind in kinds))
    return "\n".join([above + header, *lines, ""]).encode(encoding)


@pytest.mark.parametrize("name", SHAPES)
def test_columns_are_found_by_name_and_contents_and_every_row_is_read(tmp_path: Path, name: str) -> None:
    header, kinds, encoding, clock = SHAPES[name]
    data = made(header, kinds.split(), encoding, clock)
    separator = max(",;\t|", key=header.count)

    mapping = propose(data)

    assert mapping is not None
    want = {
        ("code" if kind == "word" else kind): column
        for kind, column in zip(kinds.split(), header.split(separator), strict=True)
    }
    assert mapping.columns == want
    assert mapping.separator == separator
    (tmp_path / "a.csv").write_bytes(data)
    log = next(find(tmp_path / "a.csv"))
    assert survey([log], ())[0].mapping == mapping
    sink = Sink()
    tables.parse(blocks(log), sink, mapping)
    assert (sink.tally.events, sink.tally.rejections) == (60, 0)
    assert str(sink.rows[0][INDEX["time"]])[:10] == "2026-09-28"


def test_lines_of_text_above_the_header_are_no_part_of_the_table(tmp_path: Path) -> None:
    header, kinds, encoding, clock = SHAPES["Italian"]
    data = made(header, kinds.split(), encoding, clock, above="Registro accessi\nOspedale; 2026\n\n")
    mapping = propose(data)

    assert mapping is not None
    assert mapping.header == tuple(header.split(";"))
    sink = Sink()
    tables.parse([data], sink, mapping)
    assert (sink.tally.events, sink.tally.rejections, sink.tally.not_audit) == (60, 0, 4)
    assert sink.lines[0] == 5


def test_a_table_without_the_mapped_columns_is_rejected_line_by_line() -> None:
    header, kinds, encoding, clock = SHAPES["Italian"]
    mapping = propose(made(header, kinds.split(), encoding, clock))
    assert mapping is not None
    sink = Sink()
    tables.parse([b"a;b\n1;2\n3;4\n"], sink, mapping)

    assert sink.tally.rejected == {"no header with the mapped columns above it": 3}
    assert sink.tally.balanced


def test_few_latin_letters_among_utf_8_do_not_change_the_encoding() -> None:
    header, kinds, _, clock = SHAPES["French"]
    data = made(header, kinds.split(), "utf-8", clock).replace(b"jschmidt", "jschmüdt".encode()) + b"\xe9;x\n"

    mapping = propose(data)

    assert mapping is not None
    assert mapping.encoding == "utf-8"


@pytest.mark.parametrize(
    ("word", "name"),
    [("Anmeldung", "login"), ("consultation du dossier", "read"), ("Búsqueda", "query"), ("削除", "delete"),
     ("Utskrift", "export"), ("로그인", "login"), ("Экстренный доступ", "override"), ("Wyszukiwanie", "query"),
     ("エクスポート", "export"), ("Löschen", "delete"), ("Usunięcie", "delete"), ("Ändern", "other"),
     ("Nonsense", "other"), ("Ver ficha", "read"), ("Buscar paciente", "query"), ("Bild löschen", "delete"),
     ("Abrir processo", "read"), ("Audit log viewed", "log_used"), ("STOP", "app_stop"), ("Study start", "other"),
     ("画像参照", "read"), ("调阅影像", "read"), ("R. Adams", "other")],
)  # fmt: skip
def test_words_for_events_are_known_in_many_languages(word: str, name: str) -> None:
    assert classes.classify(word, "", "")[0] == name


@pytest.mark.parametrize(
    ("word", "name"),
    [("Login failed", "login"), ("Anmeldung fehlgeschlagen", "login"), ("Échec de connexion", "login"),
     ("Inicio de sesión fallido", "login"), ("Mislukte aanmelding", "login"), ("ログイン失敗", "login"),
     ("Accesso fallito", "login"), ("Kirjautuminen epäonnistui", "login"), ("Bildzugriff verweigert", "read")],
)  # fmt: skip
def test_a_word_for_an_event_that_failed_tells_both(word: str, name: str) -> None:
    assert classes.classify(word, "", "")[0] == name
    assert not classes.succeeded("", word, "")
    assert classes.succeeded("", word.split()[0] if name == "read" else "Login", "")


@pytest.mark.parametrize(
    ("word", "letter"), [("Lecture", "R"), ("Eliminar", "D"), ("Ändern", "U"), ("作成", "C"), ("Uitvoeren", "E")]
)
def test_words_for_actions_are_known_in_many_languages(word: str, letter: str) -> None:
    assert classes.act(word) == letter


def test_yes_and_no_are_known_in_many_languages_and_a_reason_means_yes() -> None:
    yes = ["Tak", "sim", "sí", "áno", "Kyllä", "evet", "да", "はい", "wahr", "Patient bewusstlos"]
    no = ["", "Nie", "não", "nee", "ei", "нет", "いいえ", "falsch", "Normal", "Not applicable"]
    assert [classes.yes(word) for word in (*yes, *no)] == [True] * len(yes) + [False] * len(no)


def test_a_ward_is_not_taken_for_the_place_of_an_access_because_work_stations_have_the_word_in_them() -> None:
    wards = b"Zeit;Benutzer;Patient;Station\n01.02.2026 08:10:00;meier;71;3B\n01.02.2026 08:12:00;meier;72;Innere 2\n"
    mapping = propose(wards)
    assert mapping is not None
    assert set(mapping.columns) == {"time", "user", "patient"}


@pytest.mark.parametrize(
    ("header", "cells", "want"),
    [
        ("Nº registro;Fecha y hora;Usuario;Acción;Nº ficha", "{n};{t};ana;Ver ficha;{p}",
         {"seq": "Nº registro", "time": "Fecha y hora", "user": "Usuario", "code": "Acción", "patient": "Nº ficha"}),
        ("correlativo,fecha_hora,cuenta,evento,resultado", "{n},{t},ana,Inicio de sesión,Éxito",
         {"seq": "correlativo", "time": "fecha_hora", "user": "cuenta", "code": "evento", "outcome": "resultado"}),
        ("Date/Time,Transaction,Chart,Who did it", "{t},View chart,{p},HOSP\\ana",
         {"time": "Date/Time", "code": "Transaction", "user": "Who did it"}),
        ("Zeit;Xyz;Pat-Nr;Aktion", "{t};ana@klinik.example;{p};R",
         {"time": "Zeit", "user": "Xyz", "patient": "Pat-Nr", "action": "Aktion"}),
    ],
)  # fmt: skip
def test_words_are_events_accounts_are_users_and_a_word_for_a_number_tells_nothing(
    header: str, cells: str, want: dict[str, str]
) -> None:
    rows = [cells.format(n=n, t=f"2026-03-{n:02d} 10:00:00", p=f"{n * 7919:06d}") for n in range(1, 20)]

    mapping = propose("\n".join([header, *rows, ""]).encode())

    assert mapping is not None
    assert mapping.columns.items() >= want.items()


def test_a_proposal_names_the_words_that_it_takes_for_no_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"2026-03-{n:02d} 10:00:00;ana;7;{'Xyzzy' if n % 2 else 'View'}" for n in range(1, 20)]
    (tmp_path / "a.csv").write_text("\n".join(["Time;User;MRN;Event", *rows, ""]), encoding="utf-8")

    assert run(["trail", "map", str(tmp_path / "a.csv")]) == 0
    told = capsys.readouterr().out
    assert '# of no known kind of event: "Xyzzy"\n' in told
    assert tomllib.loads(told)["trail"]["tables"][0]["columns"]["code"] == "Event"


def test_a_text_without_times_is_no_table() -> None:
    assert propose(b"name,colour\nanna,red\nbert,blue\n") is None
    assert propose(b"just a line\n") is None
